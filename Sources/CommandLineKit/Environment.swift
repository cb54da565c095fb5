// SPDX-License-Identifier: Apache-2.0

private import Glibc

/// The environment's variables: the process's own, or the ones a test gives.
public struct Environment: Sendable {
    private let lookUp: @Sendable (String) -> String?

    /// The variables given, and no others.
    public init(_ variables: [String: String]) {
        lookUp = { variables[$0] }
    }

    private init(lookUp: @escaping @Sendable (String) -> String?) {
        self.lookUp = lookUp
    }

    /// The process's own variables, read at each call.
    public static let process = Environment(lookUp: { name in
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    })

    /// The variable's value; nil where it is not set.
    public subscript(_ name: String) -> String? { lookUp(name) }
}
