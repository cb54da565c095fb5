// SPDX-License-Identifier: Apache-2.0

import Catalogue

/// The program whose use is recorded. Its name decides where state lives and what switches it off.
public struct Product: Sendable, Equatable {
    /// The name on the wire (`service.name`): `[a-z][a-z0-9-]{0,63}`.
    public let name: String
    /// The version, for people: up to 64 printable ASCII characters, no space.
    public let version: String

    /// What of the version is on the wire (`service.version`): all of it where it has the form of
    /// a version, else its leading numbers, such as `1.0` of `1.0-jane@build.example`. A build may
    /// write into a version who made it, and where. Nil where it does not begin with a version.
    public var sentVersion: String? {
        if PropertyGuard.isVersion(version) { return version }
        let numbers = version.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let leading = String(numbers.last == "." ? numbers.dropLast() : numbers)
        return PropertyGuard.isVersion(leading) ? leading : nil
    }

    /// Names a program. `name` is a constant of the program, never something a person typed:
    /// another form than those above ends the program.
    public init(_ name: String, version: String) {
        precondition(Self.isName(name), "no name of a product: \(name)")
        precondition(Self.isVersion(version), "no version of a product: \(version)")
        self.name = name
        self.version = version
    }

    private static func isName(_ text: String) -> Bool {
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        return (1...64).contains(text.utf8.count) && text.utf8.first.map(letters.contains) == true
            && text.utf8.allSatisfy {
                letters.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "-")
            }
    }

    private static func isVersion(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    /// The environment variable that switches telemetry off: `ARPGUARD_TELEMETRY=0`.
    public var environmentVariable: String {
        name.uppercased().replacing("-", with: "_") + "_TELEMETRY"
    }

    /// The file by which an administrator forbids telemetry on this machine.
    public var policyPath: String { "/etc/\(name)/telemetry-policy.json" }

    /// The User-Agent of uploads: product and version alone.
    public var userAgent: String {
        ([name] + [sentVersion].compactMap(\.self)).joined(separator: "/")
    }
}
