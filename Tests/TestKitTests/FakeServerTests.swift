// SPDX-License-Identifier: Apache-2.0

import TestKit
import Testing

@Suite struct FakeServerTests {
    @Test func `a request is recorded exactly and answered by the script`() throws {
        let server = try FakeServer(
            .text(429, "later", headers: [HTTPHeader("Retry-After", "7")]), .answer(200))
        let headers = [HTTPHeader("X-b", "2"), HTTPHeader("X-A", "1")]
        let first = try HTTPClient.send(
            "POST", "/v1/logs?x=1", port: server.port, headers: headers, body: [0, 13, 10, 255])
        let second = try HTTPClient.send("GET", "/", port: server.port)

        #expect(first.status == 429)
        #expect(first.text == "later")
        #expect(first.header("retry-after") == "7")
        #expect(second.status == 200)
        let requests = try server.waitForRequests(2)
        #expect(requests[0].method == "POST")
        #expect(requests[0].target == "/v1/logs?x=1")
        #expect(requests[0].body == [0, 13, 10, 255])
        #expect(
            requests[0].headers.map(\.name) == [
                "Host", "X-b", "X-A", "Content-Length", "Connection",
            ])
        #expect(requests.map(\.connection) == [0, 1])
    }

    @Test func `the last reply of a script goes on for ever`() throws {
        let server = try FakeServer(.answer(503), .answer(204))
        let statuses = try (0..<4).map { _ in
            try HTTPClient.send("GET", "/", port: server.port).status
        }
        #expect(statuses == [503, 204, 204, 204])
    }

    @Test func `a server that misbehaves gives no response`() throws {
        let replies: [FakeReply] = [
            .closeWithoutReply, .resetAfterReceiving(bodyBytes: 1),
            .resetAfterSending(bodyBytes: 2, of: 10), .raw(Array("SSH-2.0-x\r\n".utf8)),
        ]
        for reply in replies {
            let server = try FakeServer(reply)
            #expect(throws: TestKitError.self, "\(reply)") {
                try HTTPClient.send("POST", "/", port: server.port, body: [1, 2, 3])
            }
        }
    }

    @Test func `a server that never answers misses the client's deadline`() throws {
        let server = try FakeServer(.neverAnswer)
        #expect(throws: TestKitError.self) {
            try HTTPClient.send("GET", "/", port: server.port, within: .milliseconds(50))
        }
        try server.waitUntilIdle()
        #expect(server.requests.count == 1)
    }

    @Test func `a dripping server arrives in the end`() throws {
        let server = try FakeServer(.drip(200, body: [1, 2], pause: .milliseconds(1)))
        #expect(try HTTPClient.send("GET", "/", port: server.port).body == [1, 2])
    }

    @Test func `a stopped server refuses and cuts what is open`() throws {
        let server = try FakeServer(.neverAnswer)
        let port = server.port
        server.stop()
        #expect(throws: TestKitError.self) {
            try HTTPClient.send("GET", "/", port: port, within: .seconds(5))
        }
    }

    @Test func `a body in chunks is put together`() throws {
        let response =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\n\r\n"
        let server = try FakeServer(.raw(Array(response.utf8)))
        #expect(try HTTPClient.send("GET", "/", port: server.port).text == "abc")
    }
}
