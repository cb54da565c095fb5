// SPDX-License-Identifier: Apache-2.0

/// A proxy that a person chose for uploads: `http://HOST:PORT`, or `socks5h://HOST:PORT`, which
/// also looks names up at the proxy's end.
///
/// No user name, no path; the port must be named. Only https goes through it: plain http never
/// leaves this machine.
public struct ProxyAddress: Sendable, Equatable, CustomStringConvertible {
    /// `http` or `socks5h`.
    public let scheme: String
    /// The host name or address, in lower case; an IPv6 address in brackets.
    public let host: String
    /// The port.
    public let port: UInt16

    /// Reads an address; nil if it is malformed or of another kind.
    public init?(_ text: String) {
        guard text.utf8.count <= Endpoint.bytesMax, let mark = text.firstRange(of: "://") else {
            return nil
        }
        scheme = text[..<mark.lowerBound].lowercased()
        let rest = text[mark.upperBound...].lowercased()
        guard ["http", "socks5h"].contains(scheme),
            let (host, port) = Endpoint.authority(rest, defaultPort: nil)
        else { return nil }
        self.host = host
        self.port = port
    }

    /// The address as a URL.
    public var description: String { "\(scheme)://\(host):\(port)" }
}
