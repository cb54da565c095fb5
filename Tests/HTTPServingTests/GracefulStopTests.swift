// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import Synchronization
import TestKit
import Testing

@Suite struct GracefulStopTests {
    /// Lets a handler wait until the test says so, and the test until the handler was entered.
    final class Gate: Sendable {
        private let entered = AsyncStream.makeStream(of: Void.self)
        private let isOpen = Mutex(false)

        func enter() {
            entered.continuation.yield()
            while !isOpen.withLock({ $0 }) {}
        }

        func waitForEntry() async {
            for await _ in entered.stream { return }
        }

        func open() {
            isOpen.withLock { $0 = true }
        }
    }

    @Test func `stopping finishes what is in flight and refuses what is new`() async throws {
        let gate = Gate()
        let server = try HTTPServer(listen: .loopback(port: 0)) { _ in
            gate.enter()
            return .text(.ok, "finished")
        }
        let client = try RawConnection(port: server.port)
        client.send("GET", "/")
        await gate.waitForEntry()
        let stopping = Task.detached { server.stop() }
        while (try? RawConnection(port: server.port)) != nil {}
        gate.open()
        let response = try client.response()
        #expect(response.status == 200)
        #expect(try client.isClosedByServer())
        await stopping.value
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
