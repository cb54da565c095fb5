// SPDX-License-Identifier: Apache-2.0

/// The program whose use is recorded. Its name decides where state lives and what switches it off.
public struct Product: Sendable, Equatable {
    /// The name on the wire (`service.name`): lower-case letters, digits and hyphens.
    public let name: String
    /// The version on the wire (`service.version`).
    public let version: String

    /// Names a program. `name` is a constant of the program, never something a person typed.
    public init(_ name: String, version: String) {
        self.name = name
        self.version = version
    }

    /// The environment variable that switches telemetry off: `ARPGUARD_TELEMETRY=0`.
    public var environmentVariable: String {
        name.uppercased().replacing("-", with: "_") + "_TELEMETRY"
    }

    /// The file by which an administrator forbids telemetry on this machine.
    public var policyPath: String { "/etc/\(name)/telemetry-policy.json" }

    /// The User-Agent of uploads: product and version alone.
    public var userAgent: String { "\(name)/\(version)" }
}
