// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import TestKit
import Testing

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
}
