// SPDX-License-Identifier: Apache-2.0

import Glibc
import Modules
import Telemetry
import TelemetryUpload
import TestKit
import Testing

/// What the kernel of this machine has taken over when a transfer ends before all of it arrived.
@Suite(.timeLimit(.minutes(3)))
struct BrokenOffTests {
    private static let bodyBytes = 200_000
    private let server: StalledServer
    private var url: String { "http://127.0.0.1:\(server.port)/v1/logs" }

    init() throws { server = try StalledServer() }

    enum End: String, CaseIterable { case cancelled, timeout }

    @Test(arguments: End.allCases)
    func `what has not left when a transfer is given up never leaves`(end: End) throws {
        let cancellation = Cancellation()
        let transport = CurlTransport(cancellation: cancellation)
        let time: Duration = end == .timeout ? .milliseconds(300) : .seconds(60)
        let request = try post(
            url, body: [UInt8](repeating: 1, count: Self.bodyBytes),
            limits: UploadLimits(wholeTimeout: time))
        let running = OwnThread { transport.perform(request) }
        try server.waitForBytes()
        if end == .cancelled { cancellation.cancel() }
        let failure = try #require(try running.value().failure)
        #expect(failure.kind.rawValue == end.rawValue && failure.mayHaveSent)
        let rest = try server.readToEnd()
        #expect(rest.isBrokenOff && rest.bytes < Self.bodyBytes / 2, "\(rest)")
    }

    @Test func `what has not left never leaves, whoever else has the connection open`() throws {
        let cancellation = Cancellation()
        let transport = CurlTransport(cancellation: cancellation)
        let request = try post(url, body: [UInt8](repeating: 1, count: Self.bodyBytes))
        let running = OwnThread { transport.perform(request) }
        try server.waitForBytes()
        let copy = try #require(Loopback.copy(ofConnectionTo: server.port))
        defer { close(copy) }
        cancellation.cancel()
        #expect(try running.value().failure?.kind == .cancelled)
        let rest = try server.readToEnd()
        #expect(rest.isBrokenOff && rest.bytes < Self.bodyBytes / 2, "\(rest)")
    }

    @Test(arguments: [200, 413, 503])
    func `what has not left when a server answers early never leaves`(status: Int) throws {
        // Small enough for the kernel to take all of it at once.
        let bytes = 50_000
        let request = try post(url, body: [UInt8](repeating: 1, count: bytes))
        let running = OwnThread { CurlTransport().perform(request) }
        try server.waitForBytes()
        try server.answer("HTTP/1.1 \(status) Early\r\nContent-Length: 0\r\n\r\n")
        #expect(try running.value().response?.status == status)
        let rest = try server.readToEnd()
        #expect(rest.isBrokenOff && rest.bytes < bytes / 2, "\(rest)")
    }

    @Test(arguments: ["", "Connection: close\r\n"])
    func `a connection over which all was answered ends in the ordinary way`(
        header: String
    ) throws {
        var transport: CurlTransport? = CurlTransport()
        let request = try post(url)
        let running = OwnThread { [transport] in transport?.perform(request) }
        try server.waitForBytes()
        try server.answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\(header)\r\n")
        #expect(try running.value()?.response?.status == 200)
        transport = nil
        #expect(try !server.readToEnd().isBrokenOff)
    }

    @Test func `an uploader that is killed takes with it what has not left`() throws {
        let home = try Home(url: url, clock: ManualClock(SystemClock().now()))
        try home.folder.write(
            """
            {"telemetry": {"upload_url": "\(url)", "compression": "none",
                "max_events_per_batch": 10000}}
            """, to: "config.json")
        home.record(1500)
        let uploader = try RunningProcess(
            Executables.path("arpguard-upload"), ["--home", home.folder.path], environment: [:])
        try server.waitForBytes()
        #expect(kill(uploader.pid, SIGKILL) == 0)
        _ = try uploader.waitForEnd()
        let rest = try server.readToEnd()
        #expect(rest.isBrokenOff && rest.bytes < Self.bodyBytes / 2, "\(rest)")
    }
}
