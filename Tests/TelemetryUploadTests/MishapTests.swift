// SPDX-License-Identifier: Apache-2.0

import Modules
import Telemetry
import TelemetryUpload
import TestKit
import Testing

/// What goes wrong on this machine while something is sent.
@Suite struct MishapTests {
    @Test
    func `a full disk while a batch is marked lets nothing leave, and loses nothing`() throws {
        let server = try FakeServer(.answer(200))
        let home = try Home(url: server.url())
        home.record(3)
        // Marking the first batch also notes, beside the erasure secret, that sending began.
        let error = #expect(throws: SystemError.self) {
            try home.uploader(files: FailingFiles { _ in true }).run()
        }
        #expect(error?.code == SystemError.diskFull)
        #expect(server.connectionCount == 0)
        #expect(try home.control.status().waiting == 3)
        #expect(try home.uploader.run()?.eventsSent == 3)
        #expect(server.requests.count == 3)
    }

    @Test func `a disk that takes no byte lets nothing leave, and the error says so`() throws {
        let server = try FakeServer(.answer(200))
        let home = try Home(url: server.url(), clock: ManualClock(SystemClock().now()))
        try home.folder.write(
            #"{"telemetry": {"upload_url": "\#(server.url())"}}"#, to: "config.json")
        home.record(3)
        let full = try CommandRunner.run(
            "/bin/sh",
            [
                "-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" --home \"$1\"",
                Executables.path("arpguard-upload"), home.folder.path,
            ])
        #expect(full.status == 2)
        #expect(full.stderr.contains("hint: "))
        #expect(server.connectionCount == 0)
        #expect(try home.uploader.run()?.eventsSent == 3)
        #expect(try home.control.status().lost.isEmpty)
    }

    private static let canMount =
        (try? CommandRunner.run(
            "/usr/bin/unshare", ["--user", "--map-root-user", "--mount", "/bin/true"]))?.status == 0

    /// A disk in memory, in a mount namespace of its own, with a home on it and filled to its last
    /// byte; a first round there, and once somebody writes to a pipe a second one with room again.
    private static let onFullDisk = """
        mkdir "$1/disk" && mkfifo "$1/go" && mount -t tmpfs -o size=8m tmpfs "$1/disk" \\
            && cp -a "$2" "$1/disk/home" || exit 1
        dd if=/dev/zero of="$1/disk/fill" bs=4096 2>/dev/null
        while dd if=/dev/zero bs=1 count=1 2>/dev/null >>"$1/disk/fill"; do :; done
        "$3" --home "$1/disk/home"
        echo "first $?"
        read -r line <"$1/go"
        rm "$1/disk/fill"
        exec "$3" --home "$1/disk/home" --format json
        """

    @Test(.enabled(if: canMount, "the kernel gives this user no mount namespace"))
    func `a disk that is really full while a batch is marked lets nothing leave`() throws {
        let server = try FakeServer(.answer(200))
        let home = try Home(url: server.url(), clock: ManualClock(SystemClock().now()))
        try home.folder.write(
            #"{"telemetry": {"upload_url": "\#(server.url())", "max_events_per_batch": 1}}"#,
            to: "config.json")
        home.record(3)
        // Sealed before the disk is full: what is left to write is the mark alone.
        _ = try home.control.outlook()
        let folder = try TemporaryDirectory()
        let process = try RunningProcess(
            "/usr/bin/unshare",
            [
                "--user", "--map-root-user", "--mount", "/bin/sh", "-c", Self.onFullDisk, "sh",
                folder.path, home.folder.path, Executables.path("arpguard-upload"),
            ])
        #expect(try process.waitForLine(containing: "first ").hasSuffix("first 2"))
        #expect(server.connectionCount == 0)
        _ = try CommandRunner.run("/bin/sh", ["-c", "echo go >\"$0\"", folder.file("go")])
        let result = try process.waitForEnd()
        #expect(result.status == 0, "\(result.stderr)")
        #expect(result.stderr.contains("disk is full"), "\(result.stderr)")
        #expect(result.stderr.contains("hint: free space"))
        #expect(result.stdout.contains(#""events_sent": 3"#), "\(result.stdout)")
        #expect(server.requests.count == 3)
        #expect(Set(server.requests.map(\.body)).count == 3)
    }

    @Test(arguments: [-1, 1])
    func `a clock that is a year off delays nothing for a year and doubles nothing`(
        years: Int64
    ) throws {
        let server = try FakeServer(.answer(503), .answer(200))
        let home = try Home(url: server.url())
        let start = home.clock.now()
        home.record(1)
        home.clock.jump(to: start.advanced(bySeconds: years * 20 * 86_400))
        #expect(try home.round().batchesRetried == 1)
        home.clock.jump(to: start.advanced(bySeconds: 3600))
        let agenda = try home.control.uploadAgenda()
        #expect(try #require(agenda.dueAt) <= start.advanced(bySeconds: 2 * 86_400))
        #expect(try home.round().batchesSent == 1)
        #expect(server.requests.count == 2)
        #expect(server.requests[0].body == server.requests[1].body)
    }

    /// A power cut leaves what had reached the disk; here the home as it stood at that moment.
    @Test(arguments: [Moment.sealed, .marked, .stored])
    func `a power cut leads to no second copy at the collector`(moment: Moment) throws {
        let collector = try RunningCollector()
        let home = try Home(url: collector.url, clock: ManualClock(SystemClock().now()))
        home.record(1)
        let picture = try TemporaryDirectory()
        @Sendable func take() throws {
            let copied = try CommandRunner.run(
                "/bin/cp", ["-a", home.folder.path + "/telemetry", picture.path])
            try #require(copied.status == 0)
        }
        if moment == .sealed {
            _ = try home.control.preview()
            try take()
        }
        let transport = CameraTransport { if $0 == moment { try? take() } }
        #expect(try home.round { transport }?.batchesSent == 1)
        let stored = try collector.storedUIDs()
        #expect(stored.count == 1)
        let restored = try CommandRunner.run(
            "/bin/sh",
            [
                "-c", "rm -r \"$1/telemetry\" && cp -a \"$0/telemetry\" \"$1\"", picture.path,
                home.folder.path,
            ])
        try #require(restored.status == 0, "\(restored.stderr)")
        let summary = try home.round()
        #expect(summary.problems.isEmpty)
        #expect(summary.batchesSent == 1)
        #expect(try collector.storedUIDs() == stored)
    }

    enum Moment: Sendable { case sealed, marked, stored }
}

/// The real network, with a look at the home before the first request and after its answer.
private final class CameraTransport: UploadTransport {
    private let inner = CurlTransport()
    private let isFirst = Once()
    private let onMoment: @Sendable (MishapTests.Moment) -> Void

    init(_ onMoment: @escaping @Sendable (MishapTests.Moment) -> Void) {
        self.onMoment = onMoment
    }

    func perform(_ request: UploadRequest) -> TransferOutcome {
        guard isFirst.first() else { return inner.perform(request) }
        onMoment(.marked)
        let outcome = inner.perform(request)
        onMoment(.stored)
        return outcome
    }
}
