// SPDX-License-Identifier: Apache-2.0

/// Why a command about telemetry did not do what was asked. Recording never throws.
public struct TelemetryError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of obstacle it is; new ones may come.
    public struct Code: Sendable, Equatable {
        private let word: String
        private init(_ word: String) { self.word = word }

        /// The folder or a file of telemetry can't be used.
        public static let storage = Code("storage")
        /// The database can't be used.
        public static let database = Code("database")
        /// Something else holds a lock.
        public static let busy = Code("busy")
        /// A cause blocks what was asked.
        public static let blocked = Code("blocked")
        /// What is to be agreed to is not what was reviewed.
        public static let terms = Code("terms")
        /// The ledger can't be checked as asked.
        public static let ledger = Code("ledger")
        /// The configuration has a fault.
        public static let configuration = Code("configuration")
    }

    /// The kind of obstacle.
    public let code: Code
    /// What happened, in one line for people.
    public let description: String
    /// What to do about it.
    public let hint: String
    /// Both, in one line.
    var withHint: String { "\(description); \(hint)" }

    /// Records an obstacle.
    public init(_ code: Code, _ description: String, hint: String) {
        self.code = code
        self.description = description
        self.hint = hint
    }
}
