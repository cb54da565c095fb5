// SPDX-License-Identifier: Apache-2.0

/// How addresses are written in the configuration.
public enum AddressForms {
    /// Four decimal numbers up to 255 between dots, without needless zeros.
    public static func isIPv4(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in UInt8(part).map { String($0) == part } ?? false }
    }

    /// The same of one that a host can have: neither nobody's, nor everybody's, nor a group's, nor
    /// the one by which each host calls itself.
    public static func isHost(_ text: String) -> Bool {
        guard isIPv4(text), let first = text.split(separator: ".").first.flatMap({ UInt8($0) })
        else { return false }
        let isGroup = (224...239).contains(first)
        return first != 127 && !isGroup && !["0.0.0.0", "255.255.255.255"].contains(text)
    }

    /// A hardware address that hosts can have: neither nobody's nor everybody's. Clusters share
    /// one that is a group's.
    static func isHostHardware(_ text: String) -> Bool {
        isHardware(text)
            && !["00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff"].contains(text.lowercased())
    }

    /// Six pairs of hexadecimal digits between colons.
    static func isHardware(_ text: String) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 6
            && parts.allSatisfy { part in
                part.utf8.count == 2 && part.allSatisfy { $0.isASCII && $0.isHexDigit }
            }
    }
}
