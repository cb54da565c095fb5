// SPDX-License-Identifier: Apache-2.0

import TestKit
import Testing

@testable import HTTPServing

@Suite struct BodyLimitTests {
    private static func server() throws -> HTTPServer {
        let limits = HTTPLimits(
            bodyBytesMax: 1000, bodyBytesInFlightMax: 4000, discardedBytesMax: 5000)
        return try HTTPServer(listen: .loopback(port: 0), limits: limits) { request in
            .text(.ok, "\(request.body.count)")
        }
    }

    private static let chunk = "64\r\n" + String(repeating: "x", count: 100) + "\r\n"
    private static let chunkedHead =
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"

    private static func head(length: Int) -> String {
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n"
    }

    @Test(arguments: [(0, 200), (1000, 200), (1001, 413), (3_000_000, 413)])
    func `a body with a length is taken up to the limit and refused past it`(
        count: Int, status: Int
    ) throws {
        let server = try Self.server()
        let body = [UInt8](repeating: 0, count: count)
        #expect(try HTTPClient.send("POST", "/", port: server.port, body: body).status == status)
    }

    @Test func `a client that sends its whole body before it reads learns why it was refused`()
        throws
    {
        let server = try Self.server()
        let connection = try RawConnection(port: server.port)
        for _ in 0..<2 {
            connection.send(Self.head(length: 5000))
            for _ in 0..<50 { connection.send(String(repeating: "x", count: 100)) }
            #expect(try connection.response().status == 413)
        }
    }

    @Test(arguments: [
        "Content-Length: 2\r\nContent-Length: 3\r\n",
        "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
    ])
    func `a body that ends in two places is refused`(fields: String) throws {
        let server = try Self.server()
        let connection = try RawConnection(port: server.port)
        connection.send("POST / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n")
        #expect(try connection.response().status == 400)
        #expect(try connection.isClosedByServer())
    }

    @Test(arguments: [
        "xchunked", "gzip, chunked", "chunked, chunked", "chunked, gzip", "gzip", "identity", "",
        "chunked\r\nTransfer-Encoding: gzip", "chunked ",
    ])
    func `a body whose coding is not read is refused, not waited for`(coding: String) throws {
        let server = try Self.server()
        // Sooner than the idle limit would do it.
        let connection = try RawConnection(port: server.port, within: .seconds(15))
        connection.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \(coding)\r\n\r\n")
        #expect(try connection.response().status == 400)
        #expect(try connection.isClosedByServer())
    }

    @Test(arguments: [(1001, "Expect: 100-continue\r\n"), (6001, "")])
    func `an announced body past the limit is refused before a byte of it is sent`(
        length: Int, fields: String
    ) throws {
        let server = try Self.server()
        let connection = try RawConnection(port: server.port)
        connection.send(
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\(fields)\r\n")
        let reply = try connection.response()
        #expect(reply.status == 413)
        #expect(reply.text == "Content Too Large\n")
        #expect(try connection.isClosedByServer())
    }

    @Test(arguments: [(10, 200), (11, 413), (60, 413)])
    func `a chunked body is counted`(chunks: Int, status: Int) throws {
        let server = try Self.server()
        let connection = try RawConnection(port: server.port)
        connection.send(Self.chunkedHead)
        connection.send(String(repeating: Self.chunk, count: chunks) + "0\r\n\r\n")
        #expect(try connection.response().status == status)
    }

    @Test func `a chunked body that goes on after its refusal is cut off`() throws {
        let server = try Self.server()
        // Sooner than the idle limit would do it.
        let connection = try RawConnection(port: server.port, within: .seconds(15))
        connection.send(Self.chunkedHead + String(repeating: Self.chunk, count: 100))
        #expect(try connection.isClosedByServer())
    }

    @Test func `bodies together have a budget, which is given back`() throws {
        let server = try Self.server()
        let part = String(repeating: "x", count: 999)
        let holders = try (0..<4).map { _ in try RawConnection(port: server.port) }
        for holder in holders { holder.send(Self.head(length: 1000) + part) }
        // The only thread of the server reads the parts before it has answered often enough.
        var refusals = 0
        for _ in 0..<1000 where refusals == 0 {
            let body = [UInt8](repeating: 0, count: 100)
            let reply = try HTTPClient.send("POST", "/", port: server.port, body: body)
            refusals += reply.status == 503 ? 1 : 0
        }
        #expect(refusals == 1)
        for holder in holders {
            holder.send("x")
            #expect(try holder.response().status == 200)
        }
        let whole = [UInt8](repeating: 0, count: 1000)
        #expect(try HTTPClient.send("POST", "/", port: server.port, body: whole).status == 200)
    }

    @Test func `bodies of one network take only a share of the room, as long as they are there`() {
        let budget = ByteBudget(bytesMax: 4000)
        let room = BodyRoom(budget, perNetworkMax: 1000)
        #expect(room.take(900, of: 1))
        #expect(!room.take(101, of: 1))
        #expect(room.take(1000, of: 2))
        #expect(room.take(2000, of: nil), "a peer on this machine has no share")
        #expect(!room.take(101, of: 3), "there is no more for all together")
        room.giveBack(900, of: 1)
        #expect(room.take(1000, of: 1))
        room.giveBack(2000, of: nil)
        room.giveBack(1000, of: 1)
        room.giveBack(1000, of: 2)
        #expect(budget.bytesTaken == 0)
    }

    @Test func `a network's only request may take more than its share, and no second one`() {
        let room = BodyRoom(ByteBudget(bytesMax: 4000), perNetworkMax: 1000)
        #expect(room.take(400, of: 1))
        #expect(room.take(2000, of: 1, beside: 400))
        #expect(!room.take(1, of: 1))
        #expect(!room.take(1, of: 1, beside: 0))
        #expect(!room.take(3000, of: 2, beside: 0), "there is no more for all together")
        #expect(room.take(600, of: 2) && room.take(400, of: 2, beside: 300))
        #expect(!room.take(1, of: 2, beside: 300), "another request of its network is there")
        room.giveBack(2000, of: 1)
        #expect(room.take(600, of: 1, beside: 0) && room.bytesTaken == 2000)
    }

    @Test(arguments: [(900, 101), (1000, 1)])
    func `a body that is refused takes no room while its rest comes`(first: Int, then: Int) {
        let context = ServerContext(
            handler: Router([]),
            limits: HTTPLimits(bodyBytesMax: 1000, bodyBytesPerNetworkMax: 2000),
            room: BodyRoom(ByteBudget(bytesMax: 4000), perNetworkMax: 2000))
        var request = HTTPRequest(.post, "/")
        request.peerNetwork = 7
        let exchange = Exchange(context: context, request: request, socket: -1)
        func take(_ bytes: Int) {
            let piece = [UInt8](repeating: 0, count: bytes)
            #expect(unsafe piece.withUnsafeBytes { unsafe exchange.take($0) })
        }
        take(first)
        #expect(context.room.bytesTaken == first)
        take(then)
        #expect(context.room.bytesTaken == 0 && context.room.take(2000, of: 7))
        context.room.giveBack(2000, of: 7)
        withExtendedLifetime(exchange) {}
    }

    @Test func `a network that stalls bodies is told 503 beyond its share, another is served`() {
        let context = ServerContext(
            handler: Router([]), limits: HTTPLimits(bodyBytesPerNetworkMax: 1000),
            room: BodyRoom(ByteBudget(bytesMax: 4000), perNetworkMax: 1000))
        func exchange(of network: Int?, bytes: Int) -> (Exchange, status: HTTPStatus?) {
            var request = HTTPRequest(.post, "/")
            request.peerNetwork = network
            let exchange = Exchange(context: context, request: request, socket: -1)
            let body = [UInt8](repeating: 0, count: bytes)
            #expect(unsafe body.withUnsafeBytes { unsafe exchange.take($0) })
            return (exchange, exchange.answer(suspend: {}, wake: {})?.status)
        }
        do {
            let stalled = exchange(of: 7, bytes: 900)
            #expect(stalled.status == .notFound)
            #expect(exchange(of: 7, bytes: 101).status == .serviceUnavailable)
            #expect(exchange(of: 8, bytes: 1000).status == .notFound)
            withExtendedLifetime(stalled) {}
        }
        #expect(exchange(of: 7, bytes: 1000).status == .notFound, "the first has gone")
    }
}
