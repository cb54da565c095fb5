// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import TestKit
import Testing

/// A replay of what has no end by itself: `tcpdump -w - | arpguard replay -`.
@Suite struct StreamReplayTests {
    let arpguard: Arpguard
    let capture = RepositoryRoot.file("captures/lab-atk-mitm-ettercap.pcap")
    private var pipe: String { arpguard.folder.file("pipe") }

    init() throws {
        arpguard = try Arpguard()
        try #require(unsafe mkfifo(arpguard.folder.file("pipe"), 0o600) == 0)
    }

    private func replay(_ words: String...) throws -> RunningProcess {
        try RunningProcess(
            Executables.path("arpguard"), ["replay"] + words,
            environment: ["ARPGUARD_HOME": arpguard.home])
    }

    /// Writes a file into the pipe, and leaves the pipe open until it is killed.
    private func writer(of file: String) throws -> RunningProcess {
        try RunningProcess(
            "/bin/sh",
            [
                "-c",
                "{ cat \"$1\"; echo written >&2; exec tail -f /dev/null; } >\"$0\"", pipe, file,
            ])
    }

    private func objects(_ text: String) throws -> [JSONValue] {
        try text.split(separator: "\n").map { try JSONValue.parse(String($0)) }
    }

    @Test(arguments: ["classic", "pcapng"])
    func `an alert is told while the stream goes on`(form: String) throws {
        let frames = ["02:00:00:00:00:01", "06:00:00:00:00:02"].map { mac in
            Frame.arp(.request, sender: (mac, "10.0.0.1"), target: (Frame.unknown, "10.0.0.1"))
        }
        let bytes =
            form == "classic" ? CaptureBytes().classic(frames) : CaptureBytes().pcapng(frames)
        let replay = try replay(pipe)
        let writer = try writer(of: arpguard.folder.write(bytes, to: form))
        _ = try replay.waitForLine(containing: "Advice:")
        replay.kill()
        writer.kill()
    }

    /// What came of the replay of a stream that a signal ends after its first alert.
    private func stopped(by signal: Int32, _ stream: String) throws -> CommandResult {
        let replay = try replay("--format", "json", stream)
        let writer = try writer(of: capture)
        defer { writer.kill() }
        _ = try replay.waitForLine(containing: "\"alert\"")
        replay.send(signal: signal)
        return try replay.waitForEnd()
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func `a signal ends it with what was found`(signal: Int32) throws {
        #expect(try arpguard("telemetry", "enable", "--confirm").status == 0)
        let result = try stopped(by: signal, pipe)
        #expect(result.status == 1, "\(result.stderr)")
        #expect(
            result.stderr
                == "arpguard: stopped while \(pipe) went on; what is told is of the frames up to "
                + "there\n")
        let lines = try objects(result.stdout)
        #expect(lines.last?["stats"]?["frames"]?.integerValue ?? 0 > 144)
        #expect(lines.last?["stats"]?["unreadable"] == 0)
        let stops = try arpguard("telemetry", "show", "--type", "app_stop", "--format", "json")
        #expect(try objects(stops.stdout).map { $0["properties"]?["exit"] } == ["signal"])
    }

    @Test func `no command is seen in the name of what went on`() throws {
        let odd = arpguard.folder.file("an arpguard replay x")
        try #require(unsafe rename(pipe, odd) == 0)
        try #require(unsafe symlink(odd, pipe) == 0)
        let result = try stopped(by: SIGTERM, odd)
        #expect(result.stderr.hasPrefix("arpguard: stopped while '\(odd)' went on; "))
    }

    @Test func `a signal before the end of what was named is told as a failure`() throws {
        let replay = try replay(pipe, capture)
        let writer = try writer(of: capture)
        _ = try replay.waitForLine(containing: "Advice:")
        replay.send(signal: SIGINT)
        let result = try replay.waitForEnd()
        writer.kill()
        #expect(result.status == 2)
        #expect(result.stdout.contains(" frames, "))
        #expect(
            result.stderr == """
                arpguard: error: stopped before the end of \(pipe)
                arpguard: hint: what is told is of the frames up to there; replay it again for the \
                rest

                """)
    }

    @Test func `one that waits for a writer can be ended all the same`() throws {
        let replay = try replay("nowhere.pcap", pipe)
        _ = try replay.waitForErrorLine(containing: "there is no file nowhere.pcap")
        replay.send(signal: SIGTERM)
        let result = try replay.waitForEnd()
        #expect(result.status == 2)
        #expect(result.stderr.contains("stopped while \(pipe) went on"))
    }

    @Test(arguments: [0, 20, 24])
    func `a stream that is stopped before its first frame is no failure`(headerBytes: Int) throws {
        let header = CaptureBytes().classic([]).prefix(headerBytes)
        let file = try arpguard.folder.write(Array(header), to: "header")
        let replay = try replay(pipe)
        let writer = try writer(of: file)
        _ = try writer.waitForErrorLine(containing: "written")
        replay.send(signal: SIGINT)
        let result = try replay.waitForEnd()
        writer.kill()
        #expect(result.status == 0, "\(result.stderr)")
        #expect(result.stderr.contains("stopped while \(pipe) went on"))
    }

    @Test func `it ends with its findings once nobody reads what it tells`() throws {
        let (next, status) = (arpguard.folder.file("next"), arpguard.folder.file("status"))
        try #require(unsafe mkfifo(next, 0o600) == 0)
        let frames = ["02:00:00:00:00:01", "06:00:00:00:00:02"].map { mac in
            Frame.arp(.request, sender: (mac, "10.0.0.1"), target: (Frame.unknown, "10.0.0.1"))
        }
        let rest = CaptureBytes().classic(frames).dropFirst(CaptureBytes().classic([]).count)
        let file = try arpguard.folder.write(Array(rest), to: "rest")
        let writer = try RunningProcess(
            "/bin/sh",
            [
                "-c", "{ cat \"$1\" \"$2\" \"$3\"; exec tail -f /dev/null; } >\"$0\"",
                pipe, capture, next, file,
            ])
        let reader = try RunningProcess(
            "/bin/sh",
            [
                "-c",
                """
                { "$0" replay --format json "$1"; echo $? >"$2"; } |
                    { head -n 1; exec <&-; : >"$3"; }
                """,
                Executables.path("arpguard"), pipe, status, next,
            ], environment: ["ARPGUARD_HOME": arpguard.home])
        let result = try reader.waitForEnd()
        writer.kill()
        #expect(result.stdout.contains("\"alert\""))
        #expect(result.stderr.isEmpty)
        #expect(try arpguard.folder.read("status") == Array("1\n".utf8))
    }

    @Test func `what was found before it waits for a writer is told, and so are the totals`()
        throws
    {
        let replay = try replay("--sample", pipe)
        _ = try replay.waitForLine(containing: "Advice:")
        replay.send(signal: SIGINT)
        let result = try replay.waitForEnd()
        #expect(result.status == 1, "ended by signal \(result.signal ?? 0)")
        #expect(result.stdout.contains(" frames, "))
    }
}
