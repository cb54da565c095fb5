// SPDX-License-Identifier: Apache-2.0

/// Why a server did not start.
public struct HTTPServerError: Error, Equatable, CustomStringConvertible {
    /// The kind of trouble; more may be added.
    public struct Code: Sendable, Hashable {
        private let name: String

        /// The text is not an address and a port.
        public static let badAddress = Code(name: "badAddress")
        /// Another socket listens on that port.
        public static let addressInUse = Code(name: "addressInUse")
        /// The address is not one of this machine.
        public static let addressNotAvailable = Code(name: "addressNotAvailable")
        /// The port needs a privilege that the process lacks.
        public static let permissionDenied = Code(name: "permissionDenied")
        /// A key or a certificate can't be used.
        public static let badIdentity = Code(name: "badIdentity")
        /// The system refused in another way.
        public static let system = Code(name: "system")
    }

    /// The kind of trouble.
    public let code: Code
    /// What happened, in one lower-case sentence without a full stop.
    public let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
