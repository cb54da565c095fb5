// SPDX-License-Identifier: Apache-2.0

/// A URL to which data may go: https to any host, or plain http to this machine.
///
/// Stricter than RFC 3986 on purpose: no user name, no query, no fragment, no escapes in the host,
/// and of the many spellings of an IPv4 address only that of four plain numbers.
public struct Endpoint: Sendable, Equatable, CustomStringConvertible {
    /// The longest URL, in bytes.
    public static let bytesMax = 2048

    /// `https` or `http`.
    public let scheme: String
    /// The host name or address, in lower case; an IPv6 address in brackets.
    public let host: String
    /// The port, also where the URL leaves it out.
    public let port: UInt16
    /// The path from its first slash; `/` where the URL has none.
    public let path: String

    /// Reads a URL; nil if it is malformed or names a place to which nothing may go.
    public init?(_ text: String) {
        guard text.utf8.count <= Endpoint.bytesMax,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }),
            let mark = text.firstRange(of: "://")
        else { return nil }
        scheme = text[..<mark.lowerBound].lowercased()
        let rest = text[mark.upperBound...]
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        path = slash == rest.endIndex ? "/" : String(rest[slash...])
        guard !path.contains("?"), !path.contains("#"),
            let (host, port) = Endpoint.authority(
                rest[..<slash].lowercased(), defaultPort: Endpoint.defaultPort(scheme))
        else { return nil }
        self.host = host
        self.port = port
        guard scheme == "https" || (scheme == "http" && isLoopback) else { return nil }
    }

    /// Scheme, host and port: what a consent to sending covers.
    public var origin: String {
        port == Endpoint.defaultPort(scheme) ? "\(scheme)://\(host)" : "\(scheme)://\(host):\(port)"
    }

    /// The whole URL.
    public var description: String { origin + path }

    /// Whether the path is that at which a collector of OTLP/HTTP takes logs (OpenTelemetry
    /// protocol exporter, endpoint URLs).
    public var isForLogs: Bool { path.hasSuffix("/v1/logs") }

    /// Whether the host is this machine by its very name: `localhost`, 127.0.0.0/8 or `[::1]`.
    public var isLoopback: Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
        return numbers[0] == "127" && Endpoint.isPlainIPv4(numbers)
    }

    private static func isPlainIPv4(_ labels: [Substring]) -> Bool {
        labels.count == 4 && labels.allSatisfy { UInt8($0).map(String.init) == String($0) }
    }

    /// Whether a host is an address in any spelling that anybody reads as one, such as `127.1`.
    private static func endsInNumber(_ labels: [Substring]) -> Bool {
        let last = labels.last ?? ""
        return last.hasPrefix("0x") || last.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func defaultPort(_ scheme: String) -> UInt16 { scheme == "http" ? 80 : 443 }

    static func authority(_ text: String, defaultPort: UInt16?) -> (String, UInt16)? {
        let hostEnd: String.Index
        if text.hasPrefix("[") {
            guard let bracket = text.firstIndex(of: "]") else { return nil }
            hostEnd = text.index(after: bracket)
            let address = text.dropFirst().prefix { $0 != "]" }
            guard address.utf8.contains(0x3A), address.allSatisfy({ $0.isHexDigit || $0 == ":" })
            else { return nil }
        } else {
            hostEnd = text.firstIndex(of: ":") ?? text.endIndex
            guard isHostName(text[..<hostEnd]) else { return nil }
        }
        let tail = text[hostEnd...]
        if tail.isEmpty { return defaultPort.map { (text, $0) } }
        guard tail.hasPrefix(":"), tail.dropFirst().utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = UInt16(tail.dropFirst()), port > 0
        else { return nil }
        return (String(text[..<hostEnd]), port)
    }

    private static func isHostName(_ name: Substring) -> Bool {
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        return name.utf8.count <= 253 && (!endsInNumber(labels) || isPlainIPv4(labels))
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                    && label.utf8.allSatisfy {
                        (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D
                            || $0 == 0x5F
                    }
            }
    }
}
