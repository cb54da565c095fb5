// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A proxy on loopback for HTTP (`CONNECT`) and SOCKS 5 (RFC 1928) that records what it is asked
/// for and leads every connection to one port of this machine, or refuses it.
package final class FakeProxy: Sendable {
    private let acceptor: Acceptor
    private let asked: Monitor<[String]>

    /// The port on 127.0.0.1 that the proxy listens on.
    package var port: UInt16 { acceptor.port }

    /// What was asked for, in order: `connect HOST:PORT`, or `socks5 name HOST:PORT` where the name
    /// is left to the proxy to look up, or `socks5 address`.
    package var requests: [String] { asked.read { $0 } }

    /// Starts a proxy; nil as `serverPort` refuses all.
    ///
    /// - Parameter saying: bytes of headers that it adds to every answer to `CONNECT`.
    package init(leadingTo serverPort: UInt16?, saying headerBytes: Int = 0) throws {
        let headers = Self.headers(headerBytes)
        let asked = Monitor<[String]>([])
        self.asked = asked
        acceptor = try Acceptor { descriptor in
            let client = Connection(owning: descriptor)
            guard case .bytes(let first) = client.read(until: nil) else { return }
            let isSocks = first.first == 5
            let request =
                isSocks ? Self.socksRequest(client, first) : Self.connectRequest(client, first)
            guard let request else { return }
            asked.update { $0.append(request) }
            let server = serverPort.flatMap { try? Connection(toPort: $0) }
            guard let server else {
                _ = client.write(isSocks ? [5, 2, 0, 1, 0, 0, 0, 0, 0, 0] : refusal + headers)
                return
            }
            _ = client.write(isSocks ? [5, 0, 0, 1, 0, 0, 0, 0, 0, 0] : agreement + headers)
            _ = RelayRun().run(client, server)
        }
    }

    /// Headers of so many bytes or a few more, and the empty line that ends them.
    private static func headers(_ count: Int) -> [UInt8] {
        let line = Array("X-Proxy: \(String(repeating: "x", count: 990))\r\n".utf8)
        return (0..<(count + line.count - 1) / line.count).flatMap { _ in line }
            + Array("\r\n".utf8)
    }

    private static func connectRequest(
        _ client: borrowing Connection, _ first: [UInt8]
    ) -> String? {
        var bytes = first
        while HTTPHead(startOf: bytes) == nil {
            guard case .bytes(let more) = client.read(until: nil) else { return nil }
            bytes += more
        }
        let words = HTTPHead(startOf: bytes)?.startLine.split(separator: " ") ?? []
        return words.count == 3 ? "\(words[0].lowercased()) \(words[1])" : nil
    }

    private static func socksRequest(
        _ client: borrowing Connection, _ greeting: [UInt8]
    ) -> String? {
        guard client.write([5, 0]), case .bytes(let bytes) = client.read(until: nil),
            bytes.count > 6
        else { return nil }
        guard bytes[3] == 3 else { return "socks5 address" }
        let end = 5 + Int(bytes[4])
        guard bytes.count >= end + 2 else { return nil }
        let port = Int(bytes[end]) << 8 | Int(bytes[end + 1])
        return "socks5 name \(String(decoding: bytes[5..<end], as: UTF8.self)):\(port)"
    }
}

private let agreement = Array("HTTP/1.1 200 Connected\r\n".utf8)
private let refusal = Array("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n".utf8)
