// SPDX-License-Identifier: Apache-2.0

import TestKit
import Testing

@testable import HTTPServing

@Suite struct GracefulStopTests {
    @Test func `stopping finishes what is in flight and refuses what is new`() throws {
        let entered = Gate()
        let mayAnswer = Gate()
        let server = try HTTPServer(listen: .loopback(port: 0)) { _ in
            entered.open()
            return (try? mayAnswer.wait()) == nil ? .text(.ok, "late") : .text(.ok, "finished")
        }
        let client = try RawConnection(port: server.port)
        client.send("GET", "/")
        try entered.wait()
        let stopping = OwnThread { server.stop() }
        while (try? RawConnection(port: server.port)) != nil {}
        mayAnswer.open()
        let response = try client.response()
        #expect(response.status == 200)
        #expect(response.header("Connection") == "close")
        #expect(try client.isClosedByServer())
        try stopping.value()
    }

    @Test func `stopping twice and stopping idle connections is quick and harmless`() throws {
        let limits = HTTPLimits(drainMillisecondsMax: 600_000)
        let server = try HTTPServer(listen: .loopback(port: 0), limits: limits) { _ in
            .text(.ok, "")
        }
        let idle = try RawConnection(port: server.port)
        idle.send("GET", "/")
        #expect(try idle.response().status == 200)
        server.stop()
        server.stop()
        #expect(try idle.isClosedByServer())
        #expect(throws: TestKitError.self) { try RawConnection(port: server.port) }
    }

    @Test func `a request that never ends is given up after the drain time`() throws {
        let limits = HTTPLimits(drainMillisecondsMax: 50)
        let server = try HTTPServer(listen: .loopback(port: 0), limits: limits) { _ in
            .text(.ok, "")
        }
        let client = try RawConnection(port: server.port)
        client.send(
            "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
        // The interim answer shows that the request is in flight.
        #expect(try client.response().status == 100)
        server.stop()
        #expect(try client.isClosedByServer())
    }

    /// A handler whose answer never comes.
    private struct Silent: HTTPHandler {
        let asked = Monitor(0)

        func respond(to request: HTTPRequest) -> HTTPResponse { .text(.ok, "") }
        func respond(to request: HTTPRequest, later: LaterReply) -> HTTPResponse? {
            asked.update { $0 += 1 }
            return nil
        }
        func refuse(_ request: HTTPRequest, with status: HTTPStatus) -> HTTPResponse {
            .text(status, "\(request.path) in the handler's own words").with("Retry-After", "30")
        }
    }

    @Test func `who waits for an answer when the server ends has one before it is closed`() throws {
        let limits = HTTPLimits(threads: 4, drainMillisecondsMax: 50)
        let handler = Silent()
        let server = try HTTPServer(listen: .loopback(port: 0), limits: limits, handler: handler)
        let clients = try (0..<32).map { _ in try RawConnection(port: server.port) }
        for client in clients { client.send("GET", "/x") }
        let isAsked = handler.asked.wait(until: .within(CommandRunner.deadline)) {
            $0 == clients.count ? true : nil
        }
        #expect(isAsked == true)
        server.stop()
        for client in clients {
            #expect(try client.response().status == 503)
            #expect(try client.isClosedByServer())
        }
    }

    @Test(arguments: [false, true])
    func `no request waits for a server that has ended, however late it came`(endsFirst: Bool) {
        let context = ServerContext(
            handler: Silent(), limits: .standard,
            room: BodyRoom(ByteBudget(bytesMax: 1), perNetworkMax: 0))
        let exchange = Exchange(context: context, request: HTTPRequest(.get, "/x"), socket: -1)
        let woken = Monitor(0)
        var suspended = 0
        if endsFirst { context.answerUnanswered(within: 0) }
        let first = exchange.answer(
            suspend: { suspended += 1 }, wake: { woken.update { $0 += 1 } })
        if !endsFirst {
            #expect(first == nil)
            context.answerUnanswered(within: 0)
        }
        #expect(suspended == woken.read { $0 }, "who waits is woken")
        #expect(suspended == (endsFirst ? 0 : 1))
        let answer = first ?? exchange.answer(suspend: { suspended += 1 }, wake: {})
        #expect(answer?.status == .serviceUnavailable)
        #expect(answer?.body == Array("/x in the handler's own words\n".utf8))
        #expect(answer?.headers["Retry-After"] == "30")
    }
}
