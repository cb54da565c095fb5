// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Telemetry
import TelemetryUpload
import TestKit
import Testing

@Suite struct TransferTests {
    @Test func `the wire carries the request and nothing of its own but host and length`() throws {
        let server = try FakeServer(.answer(200))
        let outcome = try CurlTransport().perform(post(server.url(), body: [0, 255, 10, 13]))

        #expect(outcome.response?.status == 200)
        let request = try #require(server.requests.first)
        #expect(request.method == "POST")
        #expect(request.target == "/v1/logs")
        #expect(request.body == [0, 255, 10, 13])
        let expected = [
            HTTPHeader("Host", "127.0.0.1:\(server.port)"),
            HTTPHeader("Content-Type", "application/x-protobuf"),
            HTTPHeader("User-Agent", "arpguard/0.1.0"), HTTPHeader("Content-Length", "4"),
        ]
        #expect(request.headers == expected)
    }

    @Test(arguments: ["/tenant/../x/./v1/logs", "/./v1/logs", "//v1//logs", "/a/%2e%2e/v1/logs"])
    func `the path on the wire is the one that was shown, with its dots`(path: String) throws {
        let server = try FakeServer(.answer(200))
        let request = try post(server.url(path))
        _ = CurlTransport().perform(request)
        #expect(server.requests.map(\.target) == [path])
        #expect(request.url.path == path)
    }

    @Test(arguments: ["127.0.0.1", "localhost", "LOCALHOST"])
    func `the host on the wire is the one that was shown`(host: String) throws {
        let server = try FakeServer(.answer(200))
        let request = try post("http://\(host):\(server.port)/v1/logs")
        _ = CurlTransport().perform(request)
        #expect(server.requests.first?.header("host") == request.url.hostHeader)
    }

    @Test func `a deletion carries no body and no headers but its own`() throws {
        let server = try FakeServer(.answer(204))
        let outcome = try CurlTransport().perform(
            UploadRequest(
                url: endpoint(server.url("/v1/installations/x")), method: "DELETE",
                headers: [UploadHeader("Authorization", "Bearer secret")]))

        #expect(outcome == .answered(UploadResponse(status: 204)))
        let request = try #require(server.requests.first)
        #expect(request.method == "DELETE")
        let expected = [
            HTTPHeader("Host", "127.0.0.1:\(server.port)"),
            HTTPHeader("Authorization", "Bearer secret"),
        ]
        #expect(request.headers == expected)
    }

    @Test func `an empty POST has a length of 0`() throws {
        let server = try FakeServer(.answer(200))
        _ = try CurlTransport().perform(post(server.url(), body: []))
        #expect(server.requests.first?.header("content-length") == "0")
    }

    @Test func `a large body arrives whole, without waiting to be asked for it`() throws {
        let server = try FakeServer(.answer(200))
        let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        _ = try CurlTransport().perform(post(server.url(), body: body))
        let arrived = server.requests.first?.body == body
        #expect(arrived)
        #expect(server.requests.first?.header("expect") == nil)
    }

    @Test func `status, headers and body of an answer are passed on`() throws {
        let server = try FakeServer(.text(429, "later", headers: [HTTPHeader("Retry-After", "7")]))
        let response = try #require(try CurlTransport().perform(post(server.url())).response)
        #expect(response.status == 429)
        #expect(response.header("RETRY-AFTER") == "7")
        #expect(response.body == Array("later".utf8))
    }

    @Test func `an interim answer is not the answer`() throws {
        let answer = "HTTP/1.1 102 P\r\nX: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        let server = try FakeServer(.raw(Array(answer.utf8)))
        let expected = UploadResponse(
            status: 200, headers: [UploadHeader("Content-Length", "2")], body: Array("ok".utf8))
        #expect(try CurlTransport().perform(post(server.url())) == .answered(expected))
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func `a redirect is an answer and is not followed`(status: Int) throws {
        let other = try FakeServer(.answer(200))
        let location = HTTPHeader("Location", other.url())
        let server = try FakeServer(.answer(status, headers: [location]))
        #expect(try CurlTransport().perform(post(server.url())).response?.status == status)
        #expect(other.connectionCount == 0)
    }

    @Test func `one transport keeps its connection, two share none`() throws {
        let server = try FakeServer(.answer(200))
        let first = CurlTransport()
        _ = try first.perform(post(server.url()))
        _ = try first.perform(post(server.url()))
        _ = try CurlTransport().perform(post(server.url()))
        #expect(server.requests.map(\.connection) == [0, 0, 1])
    }

    @Test func `a kept connection that the server has closed is replaced`() throws {
        let closing = HTTPHeader("Connection", "close")
        let server = try FakeServer(.answer(200, headers: [closing]), .answer(503))
        let transport = CurlTransport()
        _ = try transport.perform(post(server.url()))
        #expect(try transport.perform(post(server.url())).response?.status == 503)
        #expect(server.requests.map(\.connection) == [0, 1])
    }

    /// libcurl itself would try again, over a new connection: bytes that no ledger has.
    @Test func `a kept connection that ends without an answer is a failure, and nothing repeats`()
        throws
    {
        let server = try FakeServer(.answer(200), .closeWithoutReply, .answer(202))
        let transport = CurlTransport()
        _ = try transport.perform(post(server.url()))
        let failure = try #require(try transport.perform(post(server.url())).failure)
        #expect(failure.kind == .closed && failure.mayHaveSent)
        #expect(server.requests.count == 2)
        #expect(try transport.perform(post(server.url())).response?.status == 202)
    }

    @Test func `a fresh connection that ends without an answer is not tried again`() throws {
        let server = try FakeServer(.closeWithoutReply, .answer(200))
        #expect(try CurlTransport().perform(post(server.url())).failureKind == .closed)
        #expect(server.requests.count == 1)
    }

    @Test func `what went over a kept connection may have left, though nobody answers any more`()
        throws
    {
        let server = try FakeServer(.answer(200))
        let asked = Mutex(0)
        let transport = CurlTransport(mayLeave: {
            // Once the kept connection was chosen for the second one.
            if asked.withLock({
                $0 += 1; return $0
            }) == 2 {
                server.stop()
            }
            return true
        })
        _ = try transport.perform(post(server.url()))
        let failure = try #require(try transport.perform(post(server.url())).failure)
        #expect(failure.kind == .connect && failure.mayHaveSent)
    }

    @Test func `a header with a line end in it is not sent`() throws {
        let server = try FakeServer(.answer(200))
        var request = try post(server.url())
        request.headers.append(UploadHeader("X-A", "1\r\nX-B: 2"))
        #expect(CurlTransport().perform(request).failureKind == .local)
        #expect(server.connectionCount == 0)
    }

    @Test func `a bandwidth limit makes a body take its time`() throws {
        let server = try FakeServer(.answer(200))
        let limits = UploadLimits(bytesPerSecondMax: 200_000)
        let body = [UInt8](repeating: 1, count: 100_000)
        let start = ContinuousClock.now
        _ = try CurlTransport().perform(post(server.url(), body: body, limits: limits))
        #expect(ContinuousClock.now - start > .milliseconds(250))
        let arrived = server.requests.first?.body == body
        #expect(arrived)
    }

    @Test func `a transfer that runs ends when it is cancelled`() throws {
        let server = try FakeServer(.neverAnswer)
        let cancellation = Cancellation()
        let transport = CurlTransport(cancellation: cancellation)
        let request = try post(server.url())
        let running = OwnThread { transport.perform(request) }
        _ = try server.waitForRequests(1)
        cancellation.cancel()
        #expect(try running.value().failureKind == .cancelled)
        try server.waitUntilIdle()
    }

    @Test func `what was cancelled before does not begin`() throws {
        let server = try FakeServer(.answer(200))
        let cancellation = Cancellation()
        cancellation.cancel()
        let outcome = try CurlTransport(cancellation: cancellation).perform(post(server.url()))
        #expect(outcome.failureKind == .cancelled)
        #expect(server.connectionCount == 0)
    }

    @Test(arguments: [false, true])
    func `a no once a connection stands comes before the first byte`(isKept: Bool) throws {
        let server = try FakeServer(.answer(200))
        _ = try CurlTransport().perform(post(server.url()))
        let whole = server.byteCount
        let asked = Mutex(0)
        let transport = CurlTransport(mayLeave: {
            asked.withLock { asked in
                asked += 1
                return isKept && asked == 1
            }
        })
        if isKept { _ = try transport.perform(post(server.url())) }
        let failure = try #require(try transport.perform(post(server.url())).failure)
        #expect(failure.kind == .cancelled && !failure.mayHaveSent)
        // Connections are accepted in their order: this one after the other.
        _ = try CurlTransport().perform(post(server.url()))
        try server.waitUntilIdle()
        #expect(server.connectionCount == 3)
        #expect(server.byteCount == whole * (isKept ? 3 : 2))
    }
}
