// SPDX-License-Identifier: Apache-2.0

private import Glibc

/// A numeric address and a port to listen on: `127.0.0.1:4318` or `[::1]:4318`. Names are not
/// looked up.
public struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// The address in network byte order: 4 bytes (IPv4) or 16 (IPv6).
    let bytes: [UInt8]
    private let host: String
    /// The port; 0 lets the system choose a free one.
    public let port: UInt16

    /// Reads an address. Throws `badAddress` for anything but a numeric address and a port.
    public init(_ text: String) throws(HTTPServerError) {
        guard let colon = text.lastIndex(of: ":"),
            let port = Self.port(text[text.index(after: colon)...]),
            let (host, bytes) = Self.host(text[..<colon])
        else { throw HTTPServerError(.badAddress, "\"\(text)\" is no address and port") }
        self.bytes = bytes
        self.host = host
        self.port = port
    }

    private init(bytes: [UInt8], host: String, port: UInt16) {
        self.bytes = bytes
        self.host = host
        self.port = port
    }

    /// A port of 127.0.0.1.
    public static func loopback(port: UInt16) -> ListenAddress {
        ListenAddress(bytes: [127, 0, 0, 1], host: "127.0.0.1", port: port)
    }

    /// Whether only this machine can reach the address: 127.0.0.0/8 or ::1.
    public var isLoopback: Bool {
        bytes.count == 4
            ? bytes[0] == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] == 1
    }

    /// The same address with another port.
    public func with(port: UInt16) -> ListenAddress {
        ListenAddress(bytes: bytes, host: host, port: port)
    }

    /// The form that `init` reads, which is also the authority of a URL.
    public var description: String { "\(host):\(port)" }

    private static func port(_ text: Substring) -> UInt16? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? UInt16(text) : nil
    }

    private static func host(_ text: Substring) -> (String, [UInt8])? {
        if text.hasPrefix("["), text.hasSuffix("]") {
            let inner = String(text.dropFirst().dropLast())
            return presentation(inner, family: AF_INET6, count: 16).map { ("[\(inner)]", $0) }
        }
        return presentation(String(text), family: AF_INET, count: 4).map { (String(text), $0) }
    }

    /// The bytes of a numeric address of either kind in network order; nil for another text.
    static func bytes(of text: String) -> [UInt8]? {
        presentation(text, family: AF_INET, count: 4)
            ?? presentation(text, family: AF_INET6, count: 16)
    }

    private static func presentation(_ text: String, family: Int32, count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        let read = unsafe bytes.withUnsafeMutableBytes {
            unsafe inet_pton(family, text, $0.baseAddress)
        }
        return read == 1 ? bytes : nil
    }
}
