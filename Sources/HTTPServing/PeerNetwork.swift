// SPDX-License-Identifier: Apache-2.0

/// Networks as numbers (`HTTPRequest.peerNetwork`), made under the key that Swift draws for hashes
/// when a process starts.
public enum PeerNetwork {
    /// The number of all networks that nobody knows.
    public static let unknown = number(ofPrefix: [])

    /// The number of the network of a numeric address as proxies write them, with or without
    /// brackets and port; nil for this machine, and for a text that is no address.
    public static func number(ofAddress text: some StringProtocol) -> Int? {
        guard var bytes = bytes(of: text.split(separator: " ").joined()) else { return nil }
        if bytes.count == 16, bytes.dropLast(4) == mapped[...] { bytes = Array(bytes.suffix(4)) }
        if bytes.count == 4 { return bytes[0] == 127 ? nil : number(ofPrefix: bytes.prefix(3)) }
        let isLoopback = bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
        return isLoopback ? nil : number(ofPrefix: bytes.prefix(6))
    }

    /// The number of the first bytes of an address.
    static func number(ofPrefix bytes: ArraySlice<UInt8>) -> Int { bytes.hashValue }

    /// The first bytes of an IPv4 address in the form of IPv6 (RFC 4291 section 2.5.5.2).
    private static let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]

    private static func bytes(of text: String) -> [UInt8]? {
        if text.first == "[" {
            return ListenAddress.bytes(of: String(text.dropFirst().prefix { $0 != "]" }))
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        return ListenAddress.bytes(of: parts.count == 2 ? String(parts[0]) : text)
    }
}
