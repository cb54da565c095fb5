// SPDX-License-Identifier: Apache-2.0

import JSON
import TestKit
import Testing

/// The question, asked on a real terminal.
@Suite struct TerminalTests {
    let arpguard: Arpguard

    init() throws { arpguard = try Arpguard() }

    private func terminal(_ words: String..., kind: String = "xterm") throws -> PseudoTerminal {
        try PseudoTerminal(
            Executables.path("arpguard"), words,
            environment: [
                "ARPGUARD_HOME": arpguard.home, "HOME": arpguard.folder.path, "TERM": kind,
            ])
    }

    private func isEnabled() throws -> Bool {
        let result = try arpguard("telemetry", "status", "--format", "json")
        return try JSONValue.parse(result.stdout)["enabled"] == true
    }

    @Test(arguments: [("y", true), ("yes", true), ("", false), ("n", false), ("yeah", false)])
    func `only a clear yes is one`(answer: String, isYes: Bool) throws {
        let terminal = try terminal("telemetry", "enable")
        _ = try terminal.waitFor("[y/N] ")
        terminal.type(answer)
        #expect(terminal.end() == 0)
        #expect(try isEnabled() == isYes)
    }

    @Test func `a long replay says how far it is, and in the end its totals alone`() throws {
        let capture = RepositoryRoot.file("captures/lab-ben-nlb-mismatch.pcap")
        let stop = arpguard.folder.file("stop")
        // A capture that goes on until the test says so.
        let script = """
            { cat "$1"; while [ ! -e "$2" ]; do tail -c +25 "$1"; done; } | "$0" replay -
            """
        let terminal = try PseudoTerminal(
            "/bin/sh", ["-c", script, Executables.path("arpguard"), capture, stop],
            environment: ["ARPGUARD_HOME": arpguard.home, "HOME": arpguard.folder.path])
        let progress = try terminal.waitFor(" thousand a second")
        #expect(progress.contains("\r\u{1B}[K"))
        #expect(progress.contains(" thousand frames, "))
        try arpguard.folder.write("", to: "stop")
        let rest = try terminal.waitFor(" of them ARP")
        // Written over, and gone before the totals.
        let line = rest.split(separator: "\u{1B}[K").last
        #expect(line?.contains("thousand frames") == false, "\(rest)")
        _ = terminal.end()
    }

    @Test func `a terminal that is closed in the middle of the question is no yes`() throws {
        let terminal = try terminal("telemetry", "enable")
        let text = try terminal.waitFor("[y/N] ")
        #expect(text.contains("feature_usage"))
        terminal.closeWindow()
        _ = terminal.end()
        #expect(try !isEnabled())
        // Nothing is half done: there is nothing at all.
        #expect(try arpguard.folder.contents().isEmpty)
    }

    @Test func `a capture that would have to be typed is waited for with a word`() throws {
        let terminal = try terminal("replay", "-")
        _ = try terminal.waitFor("reading a capture from the terminal")
        terminal.closeWindow()
        _ = terminal.end()
    }

    @Test func `an alert has the colour of its severity`() throws {
        let terminal = try terminal("replay", "--sample")
        let text = try terminal.waitFor(" frames, ")
        #expect(text.contains("\u{1B}[31m"))
        #expect(terminal.end() == 1)
    }

    @Test(arguments: ["delete-data", "rotate-id"])
    func `what can't be undone is asked for, and a closed terminal is no yes`(
        command: String
    ) throws {
        _ = try arpguard("telemetry", "enable", "--confirm")
        let before = try arpguard("telemetry", "status", "--format", "json", "--show-id").stdout
        let terminal = try terminal("telemetry", command)
        _ = try terminal.waitFor("[y/N] ")
        terminal.closeWindow()
        _ = terminal.end()
        let after = try arpguard("telemetry", "status", "--format", "json", "--show-id").stdout
        #expect(
            try JSONValue.parse(before)["installation_id"]
                == JSONValue.parse(after)["installation_id"])
    }

    @Test(arguments: ["xterm", "dumb"])
    func `an upload tells how far it is on a terminal that can, and leaves the figures alone`(
        kind: String
    ) throws {
        let server = try FakeServer(.answer(200))
        let config = #"{"upload_url": "\#(server.url())", "max_events_per_batch": 1}"#
        try arpguard.folder.write(#"{"telemetry": \#(config)}"#, to: "own/config.json")
        _ = try arpguard("telemetry", "enable", "--confirm")
        _ = try arpguard("replay", "--sample")
        let recorded = try arpguard.telemetryStatus()["events"]?["waiting"]
        let count = try #require(recorded?.integerValue)
        try #require(count > 1)
        let terminal = try terminal("telemetry", "upload", kind: kind)
        let text = try terminal.waitFor("bytes sent")
        let erase = "\r\u{1B}[K"
        let lines = (1...count).map { "\(erase)\($0) batches, \($0) events sent" }
        let progress = kind == "dumb" ? "" : lines.joined() + erase
        #expect(text.hasPrefix(progress + "batches sent"), "\(text)")
        #expect(terminal.end() == 0)
        #expect(server.requests.count == Int(count))
    }

    @Test func `an upload that nobody watches prints no progress`() throws {
        let server = try FakeServer(.answer(200))
        try arpguard.folder.write(
            #"{"telemetry": {"upload_url": "\#(server.url())"}}"#, to: "own/config.json")
        _ = try arpguard("telemetry", "enable", "--confirm")
        _ = try arpguard("replay", "--sample")
        let result = try arpguard("telemetry", "upload")
        #expect(result.status == 0)
        #expect(server.requests.count == 1)
        #expect(result.stderr.isEmpty)
        #expect(!result.stdout.contains("\u{1B}"))
    }
}
