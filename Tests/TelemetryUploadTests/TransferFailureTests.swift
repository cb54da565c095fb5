// SPDX-License-Identifier: Apache-2.0

import TelemetryUpload
import TestKit
import Testing

@Suite(.timeLimit(.minutes(1)))
struct TransferFailureTests {
    private static let filler = "X-Filler: 0123456789abcdef0123456789abcdef\r\n"

    @Test(arguments: [
        (FakeReply.closeWithoutReply, TransferFailure.Kind.closed),
        (.resetAfterReceiving(bodyBytes: 0), .closed),
        (.resetAfterReceiving(bodyBytes: 2), .closed),
        (.resetAfterSending(bodyBytes: 10, of: 20), .closed),
        (.raw(Array("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab".utf8)), .closed),
        (.raw(Array("SSH-2.0-OpenSSH_9.2\r\n".utf8)), .malformed),
        (.raw(Array("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n".utf8)), .malformed),
        (.answer(200, body: [UInt8](repeating: 0x41, count: 65_537)), .tooLarge),
        (.endlessBody, .tooLarge),
        (
            .raw(Array(("HTTP/1.1 200 OK\r\n" + String(repeating: filler, count: 2000)).utf8)),
            .tooLarge
        ),
    ])
    func `a server that misbehaves is a failure with its kind`(
        reply: FakeReply, expected: TransferFailure.Kind
    ) throws {
        let server = try FakeServer(reply)
        #expect(CurlTransport().perform(post(server.url())).failureKind == expected)
        #expect(server.connectionCount == 1)
    }

    @Test(arguments: [(29, nil), (28, TransferFailure.Kind.tooLarge)])
    func `an answer may have exactly as many bytes as are read`(
        bytesMax: Int, failure: TransferFailure.Kind?
    ) throws {
        let server = try FakeServer(.raw(Array("HTTP/1.1 200 OK\r\n\r\n0123456789".utf8)))
        let request = post(server.url(), limits: UploadLimits(responseBytesMax: bytesMax))
        #expect(CurlTransport().perform(request).failureKind == failure)
    }

    @Test(arguments: [
        FakeReply.neverAnswer, .drip(200, body: [1], pause: .milliseconds(20)),
    ])
    func `a server that takes too long is a timeout`(reply: FakeReply) throws {
        let server = try FakeServer(reply)
        let request = post(server.url(), limits: UploadLimits(wholeTimeout: .milliseconds(150)))
        let start = ContinuousClock.now
        let transport = CurlTransport()
        #expect(transport.perform(request).failureKind == .timeout)
        #expect(ContinuousClock.now - start >= .milliseconds(150))
        // The connection is given up, not kept for the next request.
        try server.waitUntilIdle()
    }

    @Test func `nobody at the port is a failure to connect`() throws {
        let port = try Loopback.unusedPort()
        let outcome = CurlTransport().perform(post("http://127.0.0.1:\(port)/"))
        #expect(outcome.failureKind == .connect)
    }

    @Test func `a name that nobody has is a failure to connect`() {
        let outcome = CurlTransport().perform(post("https://host.invalid/"))
        #expect(outcome.failureKind == .connect)
    }

    @Test(arguments: [
        "http://192.0.2.1/v1/logs", "http://example.org/", "ftp://127.0.0.1/", "file:///etc/passwd",
        "127.0.0.1", "http://user@127.0.0.1/", "http://127.0.0.1.example.org/",
        "http://127.0.0.1\\@example.org/", "http://[::1]x/", "http://127.0.0.1:0/", "",
    ])
    func `nothing goes to another scheme or in plain text to the network`(url: String) {
        #expect(CurlTransport().perform(post(url)).failureKind == .notAllowed)
    }
}
