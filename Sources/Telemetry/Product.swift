// SPDX-License-Identifier: Apache-2.0

import Catalogue

/// The program whose use is recorded. Its name decides where state lives and what switches it off.
public struct Product: Sendable, Equatable {
    /// The name on the wire (`service.name`): `[a-z][a-z0-9-]{0,63}`.
    public let name: String
    /// The version, for people: up to 64 printable ASCII characters, no space.
    public let version: String

    /// The version on the wire (`service.version`), where it has the form of one; nil where not. A
    /// build may write into a version who made it, and where: `1.0-jane@build.example`. A leading
    /// `v` and what follows a `+` (Semantic Versioning 2.0.0, section 10) are left out, and `rc1`
    /// is `rc.1`; no other build is told as the release on which it rests.
    public var sentVersion: String? {
        let release = (version.hasPrefix("v") ? version.dropFirst() : version[...])
            .prefix { $0 != "+" }
        let plain = Self.dotted(release)
        return PropertyGuard.isVersion(plain) ? plain : nil
    }

    /// A version whose pre-release is written as on the wire: `1.0rc1` as `1.0-rc.1`.
    private static func dotted(_ version: Substring) -> String {
        let digits = version.reversed().prefix { ("0"..."9").contains($0) }.count
        let (before, number) = (version.dropLast(digits), version.suffix(digits))
        let kinds = ["rc", "beta", "alpha"]
        let name = before.hasSuffix(".") ? before.dropLast() : before
        guard (1...3).contains(digits), let kind = kinds.first(where: name.hasSuffix)
        else { return String(version) }
        let release = name.dropLast(kind.count)
        return "\(release.hasSuffix("-") ? release.dropLast() : release)-\(kind).\(number)"
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
