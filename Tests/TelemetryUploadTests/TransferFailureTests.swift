// SPDX-License-Identifier: Apache-2.0

import TelemetryUpload
import TestKit
import Testing

@Suite struct TransferFailureTests {
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
        #expect(try CurlTransport().perform(post(server.url())).failureKind == expected)
        #expect(server.connectionCount == 1)
    }

    /// Longer than the room that libcurl has for a line.
    @Test(arguments: ["HTTP/1.1 200 OK\r\nX: ", "HTTP/1.1 200 "])
    func `an answer of one line without an end is too large`(begin: String) throws {
        let line = begin + String(repeating: "x", count: 300_000) + "\r\n\r\n"
        let server = try FakeServer(.raw(Array(line.utf8)))
        #expect(try CurlTransport().perform(post(server.url())).failureKind == .tooLarge)
    }

    @Test(arguments: [(29, nil), (28, TransferFailure.Kind.tooLarge)])
    func `an answer may have exactly as many bytes as are read`(
        bytesMax: Int, failure: TransferFailure.Kind?
    ) throws {
        let server = try FakeServer(.raw(Array("HTTP/1.1 200 OK\r\n\r\n0123456789".utf8)))
        let request = try post(server.url(), limits: UploadLimits(responseBytesMax: bytesMax))
        #expect(CurlTransport().perform(request).failureKind == failure)
    }

    @Test(arguments: [
        FakeReply.neverAnswer, .drip(200, body: [1], pause: .milliseconds(20)),
    ])
    func `a server that takes too long is a timeout`(reply: FakeReply) throws {
        let server = try FakeServer(reply)
        let request = try post(server.url(), limits: UploadLimits(wholeTimeout: .milliseconds(150)))
        let start = ContinuousClock.now
        let transport = CurlTransport()
        let failure = try #require(transport.perform(request).failure)
        #expect(failure.kind == .timeout && failure.mayHaveSent)
        #expect(ContinuousClock.now - start >= .milliseconds(140))
        // The connection is given up, not kept for the next request.
        try server.waitUntilIdle()
    }

    @Test func `nobody at the port is a failure to connect`() throws {
        let port = try Loopback.unusedPort()
        let outcome = try CurlTransport().perform(post("http://127.0.0.1:\(port)/"))
        #expect(outcome.failureKind == .connect)
        #expect(outcome.failure?.text.hasPrefix("could") == true)
    }

    @Test func `a name that nobody has is a failure to connect`() throws {
        let outcome = try CurlTransport().perform(post("https://host.invalid/"))
        #expect(outcome.failureKind == .connect)
    }
}
