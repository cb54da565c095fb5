// SPDX-License-Identifier: Apache-2.0

/// How addresses are written in the configuration.
public enum AddressForms {
    /// Four decimal numbers up to 255 between dots, without needless zeros.
    public static func isIPv4(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in UInt8(part).map { String($0) == part } ?? false }
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
