// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import TestKit
import Testing

@Suite struct HTTPServerTests {
    private static func echo(_ limits: HTTPLimits = .standard) throws -> HTTPServer {
        try HTTPServer(listen: .loopback(port: 0), limits: limits) { request in
            let query = request.query.map { "\($0.name)=\($0.value)" }.joined(separator: ",")
            return .text(.ok, "\(request.method) \(request.path) \(query) \(request.body.count)")
        }
    }

    @Test func `a request reaches the handler whole and its answer comes back`() throws {
        let server = try Self.echo()
        let reply = try HTTPClient.send(
            "POST", "/a%20b?x=1&y=%26&z", port: server.port, body: Array("hello".utf8))
        #expect(reply.status == 200)
        #expect(reply.text == "POST /a b x=1,y=&,z= 5\n")
        #expect(reply.header("content-type") == "text/plain; charset=utf-8")
    }

    @Test func `one connection carries many requests`() throws {
        let server = try Self.echo(HTTPLimits(threads: 2))
        let connection = try RawConnection(port: server.port)
        for count in 1...20 {
            connection.send("POST", "/", body: [UInt8](repeating: 1, count: count))
            #expect(try connection.response().text == "POST /  \(count)\n")
        }
    }

    @Test func `one network holds no more connections than it may, whatever its addresses`() throws
    {
        let server = try Self.echo(
            HTTPLimits(connectionsPerNetworkMax: 2, loopbackIsNetwork: true))
        func connect(_ host: UInt32) throws -> RawConnection {
            try RawConnection(port: server.port, from: host)
        }
        var held = try [0x7F00_0101, 0x7F00_0102].map(connect)
        for connection in held {
            connection.send("GET", "/")
            #expect(try connection.response().status == 200)
        }
        // Sooner than the idle limit would do it.
        let third = try RawConnection(port: server.port, from: 0x7F00_0103, within: .seconds(15))
        #expect(try third.isClosedByServer())
        held[0].send("GET", "/")
        #expect(try held[0].response().status == 200)
        let other = try connect(0x7F00_0201)
        other.send("GET", "/")
        #expect(try other.response().status == 200, "another network has its own share")
        held.removeAll()
        while server.connections > 1 {}
        let again = try connect(0x7F00_0104)
        again.send("GET", "/")
        #expect(try again.response().status == 200, "what was closed is given back")
    }

    @Test func `connections from this machine have no share`() throws {
        let server = try Self.echo(HTTPLimits(connectionsPerNetworkMax: 1))
        let held = try (1...3).map { _ in try RawConnection(port: server.port) }
        for connection in held {
            connection.send("GET", "/")
            #expect(try connection.response().status == 200)
        }
    }

    @Test(arguments: ["gzip", " gzip", "gzip ", "\t gzip \t", "gzip\t"])
    func `blanks and tabs around a header's value are no part of it`(value: String) throws {
        let server = try HTTPServer(listen: .loopback(port: 0)) { request in
            let coding = request.headers["Content-Encoding"] ?? ""
            return .text(.ok, "(\(coding)) (\(request.query.first?.value ?? ""))")
        }
        let connection = try RawConnection(port: server.port)
        connection.send("GET /?a=%20b%20 HTTP/1.1\r\nHost: a\r\n")
        connection.send("Content-Encoding:\(value)\r\n\r\n")
        #expect(try connection.response().text == "(gzip) ( b )\n")
    }

    @Test func `header fields past their memory are refused`() throws {
        let server = try Self.echo()
        let long = HTTPHeader("X-Long", String(repeating: "x", count: 40_000))
        let reply = try HTTPClient.send("GET", "/", port: server.port, headers: [long])
        #expect(reply.status == 431)
    }

    @Test func `HEAD is answered without a body`() throws {
        let server = try HTTPServer(
            listen: .loopback(port: 0),
            handler: Router([Route(.get, "/") { _ in .text(.ok, "hello") }]))
        let bytes = try HTTPClient.exchange(
            Array("HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".utf8),
            port: server.port)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(text.contains("Content-Length: 6\r\n"))
        #expect(text.hasSuffix("\r\n\r\n"))
    }

    @Test func `a server on the IPv6 loopback says so in its address`() throws {
        let server = try HTTPServer(listen: ListenAddress("[::1]:0")) { _ in .text(.ok, "") }
        #expect(server.address.description == "[::1]:\(server.port)")
        #expect(server.port != 0)
    }

    @Test func `a taken port is an error that says so`() throws {
        let server = try Self.echo()
        let error = #expect(throws: HTTPServerError.self) {
            try HTTPServer(listen: server.address) { _ in .text(.ok, "") }
        }
        #expect(error?.code == .addressInUse)
        #expect(
            error?.description
                == "can't listen on 127.0.0.1:\(server.port): address already in use")
    }

    @Test func `an address of another machine is an error`() throws {
        let address = try ListenAddress("192.0.2.1:0")
        let error = #expect(throws: HTTPServerError.self) {
            try HTTPServer(listen: address) { _ in .text(.ok, "") }
        }
        #expect(error?.code == .addressNotAvailable)
    }
}
