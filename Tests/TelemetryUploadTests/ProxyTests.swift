// SPDX-License-Identifier: Apache-2.0

import Modules
import Telemetry
import TelemetryUpload
import TestKit
import Testing

@Suite struct ProxyTests {
    @Test(arguments: [
        ("http", "connect collector.invalid:443"), ("socks5h", "socks5 name collector.invalid:443"),
    ])
    func `https goes through the proxy, which also looks the name up`(
        scheme: String, asked: String
    ) throws {
        let proxy = try FakeProxy(leadingTo: nil)
        var home = try Home(url: "https://collector.invalid/v1/logs")
        home.config.uploadProxy = "\(scheme)://127.0.0.1:\(proxy.port)"
        home.record(1)
        let summary = try home.round()
        #expect(proxy.requests == [asked])
        #expect(summary.batchesRetried == 1)
        #expect(try home.control.status().waiting == 1)
    }

    @Test(arguments: ["http", "socks5h"])
    func `the server's certificate is verified through the proxy`(scheme: String) throws {
        let server = try TLSServer(name: "IP:127.0.0.1")
        let proxy = try FakeProxy(leadingTo: UInt16(server.port))
        var request = UploadRequest(
            url: try endpoint("https://127.0.0.1:\(server.port)/"), method: "GET",
            proxy: "\(scheme)://127.0.0.1:\(proxy.port)")
        #expect(CurlTransport().perform(request).failureKind == .tls)
        request.caFile = server.certificate
        #expect(CurlTransport().perform(request).response?.status == 200)
        #expect(proxy.requests.count == 2)
    }

    @Test(arguments: [true, false])
    func `what a proxy says before there is a way is no answer of the server`(
        leads: Bool
    ) throws {
        let server = try FakeServer(.closeWithoutReply)
        let proxy = try FakeProxy(leadingTo: leads ? server.port : nil, saying: 70_000)
        var home = try Home(url: "https://collector.invalid/v1/logs")
        home.config.uploadProxy = "http://127.0.0.1:\(proxy.port)"
        home.record(1)
        let summary = try home.round()
        #expect((summary.batchesRejected, summary.batchesRetried) == (0, 1))
        #expect(try home.control.status().lost.isEmpty)
        #expect(proxy.requests.count == 1)
    }

    /// What a proxy says in place of giving a way, and what is told of that.
    private static let refusals: [(FakeReply, String)] =
        [302, 403, 407, 429, 503].map { status in
            let patience = [HTTPHeader("Retry-After", "86400")]
            return (.answer(status, headers: patience), "the proxy answered \(status)")
        } + [
            (.closeWithoutReply, "the proxy led nowhere"),
            (.raw(Array("SSH-2.0-OpenSSH_9.2\r\n".utf8)), "the proxy led nowhere"),
            (.raw(Array(String(repeating: "x", count: 300_000).utf8)), "the proxy led nowhere"),
            (
                .raw(Array(("HTTP/1.1 200 " + String(repeating: "x", count: 300_000)).utf8)),
                "the proxy led nowhere"
            ),
        ]

    @Test(arguments: refusals)
    func `a proxy that gives no way is named with what it said, and keeps the batch here`(
        reply: FakeReply, words: String
    ) throws {
        let proxy = try FakeServer(reply)
        var home = try Home(url: "https://collector.invalid/v1/logs")
        home.config.uploadProxy = "http://127.0.0.1:\(proxy.port)"
        home.record(1)
        let problem = try #require(try home.round().problems.first)
        #expect(problem.text == "http://127.0.0.1:\(proxy.port): \(words)")
        #expect(problem.hint.hasPrefix("check telemetry.upload_proxy; nothing is lost; "))
        let status = try home.control.status()
        #expect((status.waiting, status.batchesNotBefore, status.lost.count) == (1, nil, 0))
        #expect(status.unanswered?.reason == words)
    }

    @Test(arguments: ["http", "socks5h"])
    func `a proxy that is not there is told apart from a server that is not`(
        scheme: String
    ) throws {
        let server = try FakeServer(.answer(200))
        var home = try Home(url: server.url())
        home.config.erasureURL = "https://127.0.0.1:\(server.port)/v1/installations"
        home.record(1)
        _ = try home.round()
        #expect(try home.control.deleteData().erasureRequested)
        let place = "\(scheme)://127.0.0.1:\(try Loopback.unusedPort())"
        home.config.uploadProxy = place
        let problem = try #require(try home.round(erasuresOnly: true).problems.first)
        let words = "the erasure is not confirmed: the proxy can't be reached"
        #expect(problem.text == "\(place): \(words)")
        #expect(problem.hint.hasPrefix("check telemetry.upload_proxy; it stays pending; "))
    }

    @Test func `plain http to this machine goes through no proxy`() throws {
        let server = try FakeServer(.answer(200))
        let proxy = try FakeProxy(leadingTo: server.port)
        var home = try Home(url: server.url())
        home.config.uploadProxy = "http://127.0.0.1:\(proxy.port)"
        home.record(1)
        #expect(try home.round().batchesSent == 1)
        #expect(proxy.requests.isEmpty)
    }

    @Test func `erasures take the same way as batches`() throws {
        let server = try FakeServer(.answer(200))
        var home = try Home(url: server.url())
        let proxy = try FakeProxy(leadingTo: nil)
        home.config.uploadProxy = "socks5h://127.0.0.1:\(proxy.port)"
        home.config.erasureURL = "https://eraser.invalid/v1/installations"
        home.record(1)
        #expect(try home.round().batchesSent == 1)
        #expect(try home.control.deleteData().erasureRequested)
        #expect(try home.round(erasuresOnly: true).erasuresPending == 1)
        #expect(proxy.requests == ["socks5 name eraser.invalid:443"])
    }

    @Test func `certificates that can't be read keep the batch here, and say so`() throws {
        let listener = try FakeServer(.neverAnswer)
        let server = "127.0.0.1:\(listener.port)"
        var home = try Home(url: "https://\(server)/v1/logs")
        let file = home.folder.file("missing.pem")
        home.config.uploadCAFile = file
        home.record(1)
        let summary = try home.round()
        #expect(summary.batchesRetried == 1)
        let problem = try #require(summary.problems.first)
        #expect(problem.text == "https://\(server): the certificates to trust can't be read")
        let hint = "telemetry.upload_ca_file must name readable PEM, not \(file); "
        #expect(problem.hint.hasPrefix(hint))
        #expect(try home.control.status().waiting == 1)
    }

    @Test(arguments: [
        ("http://proxy.example.org:3128", true), ("socks5h://127.0.0.1:9050", true),
        ("socks5h://[::1]:9050", true), ("HTTP://Proxy:1", true), ("http://proxy", false),
        ("socks5://127.0.0.1:9050", false), ("https://proxy:1", false), ("proxy:3128", false),
        ("http://user:secret@proxy:3128", false), ("http://proxy:3128/", false), ("", false),
        ("http://proxy:0", false), ("http://pro xy:1", false), ("ftp://proxy:21", false),
    ])
    func `a proxy is a scheme, a host and a port`(text: String, isOne: Bool) {
        #expect((ProxyAddress(text) != nil) == isOne)
    }
}
