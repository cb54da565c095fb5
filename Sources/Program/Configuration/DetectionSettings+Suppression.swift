// SPDX-License-Identifier: Apache-2.0

import JSON

extension DetectionSettings.Suppression {
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
            case "rule": member.value.stringValue.map(isRule) ?? false
            case "ip": member.value.stringValue.map(AddressForms.isIPv4) ?? false
            case "mac": member.value.stringValue.map(AddressForms.isHardware) ?? false
            case "vlan": member.value.integerValue.map(vlans.contains) ?? false
            default: false
            }
        }
    }

    /// A capital letter and a digit, as alerts show it.
    private static func isRule(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.count == 2 && (65...90).contains(bytes[0]) && (48...57).contains(bytes[1])
    }
}
