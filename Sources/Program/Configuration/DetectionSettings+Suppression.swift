// SPDX-License-Identifier: Apache-2.0

import JSON

extension DetectionSettings.Suppression {
    /// The rules that can be named, as `docs/detection.md` lists them.
    package static let rules = [
        "B1", "C1", "C2", "C3", "C4", "C5", "D1", "F1", "F2", "F3", "G1", "I1", "M1", "M2", "M3",
        "N1", "P1", "Q1", "R1", "S1", "T1", "U1", "U2", "U3",
    ]
    private static let vlans: ClosedRange<Int64> = 1...4094

    /// Reads an object that ``isWellFormed(_:)`` accepts.
    init(_ value: JSONValue) {
        rule = value["rule"]?.stringValue
        address = value["ip"]?.stringValue
        hardware = value["mac"]?.stringValue
        vlan = value["vlan"]?.integerValue.flatMap { UInt16(exactly: $0) }
    }

    /// Whether a value says at least one thing about alerts, and nothing unknown. An empty object
    /// would silence everything.
    static func isWellFormed(_ value: JSONValue) -> Bool {
        guard let members = value.objectValue?.members, !members.isEmpty else { return false }
        return members.allSatisfy { member in
            switch member.name {
            case "rule": member.value.stringValue.map(rules.contains) ?? false
            case "ip": member.value.stringValue.map(AddressForms.isIPv4) ?? false
            case "mac": member.value.stringValue.map(AddressForms.isHardware) ?? false
            case "vlan": member.value.integerValue.map(vlans.contains) ?? false
            default: false
            }
        }
    }
}
