// SPDX-License-Identifier: Apache-2.0

/// Why a storage did not do what was asked.
public struct StorageError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of trouble; more may be added.
    public struct Code: Sendable, Hashable {
        private let name: String

        /// The file or its folder is not there, or can't be opened.
        public static let unreachable = Code(name: "unreachable")
        /// The file is no store, or its content is damaged.
        public static let damaged = Code(name: "damaged")
        /// The store was written by a newer program.
        public static let newer = Code(name: "newer")
        /// It may work later: the disk is full or another process holds the store.
        public static let unavailable = Code(name: "unavailable")
        /// It is written anew, and works again in some minutes.
        public static let rewriting = Code(name: "rewriting")
    }

    /// The kind of trouble.
    public let code: Code
    /// What happened, lower-case and without a full stop.
    public let description: String
    /// What to do about it.
    public let hint: String

    init(_ code: Code, _ description: String, hint: String) {
        self.code = code
        self.description = description
        self.hint = hint
    }

    /// What is committed now would be lost when the program ends.
    static let moved = StorageError(
        .unreachable, "the store was moved, replaced or removed while the collector ran",
        hint: "put it back, or stop every collector of it, then start again")
}
