// SPDX-License-Identifier: Apache-2.0

/// A URL that telemetry may be sent to: `https`, or `http` where nothing leaves the machine.
///
/// Reads the subset of RFC 3986 that everybody reads alike: a scheme, a plain host, a port, a path
/// and a query. User names, fragments and characters that parsers disagree about are refused, so
/// what is checked here is what the transfer library connects to.
public struct UploadTarget: Sendable, Equatable {
    /// No URL may have more bytes.
    public static let bytesMax = 2048

    /// Why a text is no such URL.
    public enum Refusal: Error, Sendable, Equatable, CustomStringConvertible {
        /// Longer than `bytesMax`, or with a character outside the subset.
        case notPlain
        /// Neither `https` nor `http`.
        case scheme
        /// No host, or one that is not a name, an IPv4 address or a bracketed IPv6 address.
        case host
        /// Not a number from 1 to 65535.
        case port
        /// A user name or password before the host.
        case userInformation
        /// `http` to a host that is not this machine.
        case plainTextToNetwork

        /// The refusal for a person: lower-case, no full stop.
        public var description: String {
            switch self {
            case .notPlain: "the URL is too long or has a character that does not belong there"
            case .scheme: "the URL does not begin with https:// or http://"
            case .host: "the URL has no valid host"
            case .port: "the URL's port is not a number from 1 to 65535"
            case .userInformation: "the URL must not hold a user name or password"
            case .plainTextToNetwork: "plain http is for this machine alone; use https"
            }
        }
    }

    /// Whether the connection is encrypted.
    public let isSecure: Bool

    /// The host in lower case, without brackets.
    public let host: String

    /// The port, 443 or 80 where the URL names none.
    public let port: UInt16

    /// Reads and checks `url`.
    public init(_ url: String) throws(Refusal) {
        let rest: Substring
        (isSecure, rest) = try Self.splitScheme(url)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard !authority.contains("@") else { throw .userInformation }
        let (host, port) = try Self.splitPort(authority)
        try Self.checkHost(host)
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        self.port = try port.map(Self.number) ?? (isSecure ? 443 : 80)
        guard isSecure || Self.isLoopback(self.host) else { throw .plainTextToNetwork }
    }

    private static func splitScheme(_ url: String) throws(Refusal) -> (Bool, Substring) {
        let marks = Set("-._~:/?@!$&'()*+,;=%[]".utf8)
        guard url.utf8.count <= bytesMax,
            url.utf8.allSatisfy({ isAlphanumeric($0) || marks.contains($0) })
        else { throw .notPlain }
        for (scheme, isSecure) in [("https://", true), ("http://", false)] {
            if url.prefix(scheme.count).lowercased() == scheme {
                return (isSecure, url.dropFirst(scheme.count))
            }
        }
        throw .scheme
    }

    private static func splitPort(
        _ authority: Substring
    ) throws(Refusal) -> (host: String, port: Substring?) {
        let host: Substring
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { throw .host }
            host = authority[...end]
        } else {
            host = authority.prefix { $0 != ":" }
        }
        let rest = authority.dropFirst(host.count)
        guard rest.isEmpty || rest.first == ":" else { throw .host }
        return (host.lowercased(), rest.isEmpty ? nil : rest.dropFirst())
    }

    private static func number(_ port: Substring) throws(Refusal) -> UInt16 {
        guard port.utf8.allSatisfy(isDigit), let number = UInt16(port), number > 0 else {
            throw .port
        }
        return number
    }

    private static func checkHost(_ host: String) throws(Refusal) {
        let isBracketed = host.hasPrefix("[")
        let inner = isBracketed ? host.dropFirst().dropLast() : host[...]
        let marks = Set((isBracketed ? ":." : "-._").utf8)
        guard !inner.isEmpty, inner.utf8.count <= 253,
            inner.utf8.allSatisfy({ isAlphanumeric($0) || marks.contains($0) })
        else { throw .host }
    }

    /// Whether `host` is `localhost`, an address of 127.0.0.0/8 in its usual form, or `::1`.
    static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        let isDottedQuad =
            parts.count == 4
            && parts.allSatisfy { part in
                part.utf8.allSatisfy(isDigit) && UInt8(part) != nil
                    && (part == "0" || part.first != "0")
            }
        return isDottedQuad && parts[0] == "127"
    }
}

private func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

private func isAlphanumeric(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
}
