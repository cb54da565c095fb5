// SPDX-License-Identifier: Apache-2.0

import JSON
import Modules
import SQLite
import TestKit
import Testing
import WatchRecords

/// What programs read is a contract: each member that a command prints is in the reference, and
/// each member in the reference is printed.
@Suite struct JSONShapeTests {
    private static let commands = [
        "arpguard", "arpguard config show", "arpguard config get", "arpguard config path",
        "arpguard telemetry stats",
    ]

    @Test(arguments: commands)
    func `a command prints what the reference says, and nothing else`(line: String) throws {
        let arpguard = try Arpguard()
        _ = try arpguard("telemetry", "enable", "--confirm")
        try arpguard.folder.write("", to: "empty.pcap")
        _ = try arpguard("replay", "empty.pcap")
        let words = line.split(separator: " ").dropFirst().map(String.init)
        let result = try CommandRunner.run(
            Executables.path("arpguard"), words + ["--format", "json"],
            environment: ["ARPGUARD_HOME": arpguard.home, "HOME": arpguard.folder.path])
        try DocumentedJSON.expect(try JSONValue.parse(result.stdout), tallyWith: line)
    }

    private static let deeds: [(line: String, words: String, status: Int32)] = [
        ("config check", "faulty.json", 1),
        ("config set", "detection.static_bindings.192.0.2.1 02:00:00:00:00:01", 0),
        ("config unset", "detection.gateway", 0),
        ("test-alert", "", 0),
        ("telemetry export", "", 0),
        ("replay", "--sample vlan.pcap", 1),
    ]

    @Test(arguments: deeds)
    func `a command that does something prints that and nothing else`(
        line: String, words: String, status: Int32
    ) throws {
        let arpguard = try Arpguard()
        try arpguard.folder.write(#"{"detection": {"gatway": 1}}"#, to: "faulty.json")
        _ = try arpguard("config", "set", "detection.gateway", "192.0.2.1")
        _ = try arpguard("telemetry", "enable", "--confirm")
        let frames = ["02:00:00:00:00:01", "06:00:00:00:00:02"].map { mac in
            Frame.arp(
                .request, sender: (mac, "10.0.0.1"), target: (Frame.unknown, "10.0.0.1"),
                tags: [(0x8100, 5)])
        }
        // The gateway is told again and again to one station, which never asked.
        let told = Frame.arp(
            .reply, sender: ("06:00:00:00:00:02", "192.0.2.1"),
            target: ("02:00:00:00:00:09", "192.0.2.9"), destination: "02:00:00:00:00:09")
        let all = frames + Array(repeating: told, count: 3)
        try arpguard.folder.write(CaptureBytes().classic(all), to: "vlan.pcap")
        _ = try arpguard("replay", "vlan.pcap")
        let asked = "\(line) \(words)".split(separator: " ").map(String.init)
        let result = try arpguard(asked + ["--format", "json"])
        #expect(result.status == status, "\(result.stderr)")
        try DocumentedJSON.expect(DocumentedJSON.values(of: result), tallyWith: "arpguard \(line)")
    }

    /// Of no watch, of one that has seen nothing, and of one that has seen all there is.
    @Test func `the status of a watch prints what the reference says, and nothing else`() throws {
        let arpguard = try Arpguard()
        var printed: [JSONValue] = []
        func look() throws {
            printed.append(
                try JSONValue.parse(arpguard("status", "--format", "json").stdout))
        }
        try look()
        try arpguard.folder.write("{}", to: "own/config.json")
        arpguard.secureHome()
        var state = WatchState(process: 77, since: 1)
        state.interfaces = [WatchState.Interface(name: "eth0")]
        let file = WatchStateFile(home: arpguard.home, files: RealFileSystem())
        try file.write(state)
        try look()
        state.alerts = ["high": 2]
        state.lastAlert = .init(time: 8, severity: "high", summary: "a forged claim")
        state.outputs = [.init(name: "eve", delivered: 3, failed: 0, dropped: 0)]
        try file.write(state)
        try look()
        try DocumentedJSON.expect(printed, tallyWith: "arpguard status")
    }

    /// With all that a status can tell: a program that records, one in another folder of the home
    /// and one in another home, and a loss.
    @Test func `a status prints what the reference says, and nothing else`() throws {
        let arpguard = try Arpguard()
        let set = ["upload_url": "http://127.0.0.1:9/v1/logs", "upload_review": "manual"]
        for (key, value) in set {
            #expect(try arpguard("config", "set", "telemetry.\(key)", value).status == 0)
        }
        let place = arpguard.folder.file("elsewhere")
        _ = try arpguard("config", "set", "telemetry.storage_path", place)
        _ = try arpguard("telemetry", "enable", "--confirm")
        var recorders = [try recorder(arpguard, home: arpguard.home)]
        _ = try status(of: arpguard, with: ["recorders"])
        _ = try arpguard("config", "unset", "telemetry.storage_path")
        _ = try arpguard("telemetry", "enable", "--confirm")
        _ = try arpguard("replay", "--sample")
        let batches = try arpguard("telemetry", "review", "--list", "--format", "json").stdout
        let batch = try JSONValue.parse(String(batches.prefix { $0 != "\n" }))["batch"]
        let dropped = try arpguard(
            "telemetry", "review", "--batch", batch?.stringValue ?? "", "--drop-event", "1")
        #expect(dropped.status == 0, "\(dropped.stderr)")
        _ = try arpguard("telemetry", "review", "--all", "--release")
        #expect(try arpguard("telemetry", "upload").status == 2)
        recorders += try [arpguard.home, arpguard.folder.file("other")].map {
            try recorder(arpguard, home: $0)
        }
        let status = try status(of: arpguard, with: ["recorders", "other_homes", "other_places"])
        try DocumentedJSON.expect(status, tallyWith: "arpguard telemetry status")
        for recorder in recorders { recorder.kill() }
    }

    /// A program that records into a home until it is killed.
    private func recorder(_ arpguard: Arpguard, home: String) throws -> RunningProcess {
        try RunningProcess(
            "/bin/sh",
            [
                "-c", "tail -f /dev/null | exec \"$0\" --home \"$1\" replay -",
                Executables.path("arpguard"), home,
            ], environment: ["HOME": arpguard.folder.path])
    }

    /// The status once none of these lists is empty.
    private func status(of arpguard: Arpguard, with lists: [String]) throws -> JSONValue {
        var status: JSONValue = .null
        while lists.contains(where: { status[$0]?.arrayValue?.isEmpty != false }) {
            let result = try arpguard("telemetry", "status", "--format", "json")
            status = try JSONValue.parse(result.stdout)
        }
        return status
    }

    /// What each command prints, in an order in which all of it has something to tell: a line of
    /// words for each run, `UID` for the identifier of the first batch that waits.
    private static let story: [(command: String, runs: [String])] = [
        ("enable", ["enable --confirm"]), ("show", ["show"]), ("schema", ["schema"]),
        ("preview", ["preview"]),
        (
            "review",
            [
                "review --list", "review --batch UID", "review --batch UID --drop-event 1",
                "review --all --release",
            ]
        ),
        ("upload", ["upload --dry-run", "upload"]),
        ("log", ["log", "log --verify"]), ("rotate-id", ["rotate-id --confirm"]),
        ("disable", ["disable"]), ("preview", ["preview"]),
        ("delete-data", ["delete-data --confirm"]),
    ]

    /// The ledger was damaged, and the server refuses.
    private static let status: [String: Int32] = ["log --verify": 1, "upload": 2]

    @Test func `each decision and each look prints what the reference says, and nothing else`()
        throws
    {
        let (arpguard, server) = (try Arpguard(), try FakeServer(.answer(400)))
        for (key, value) in [("upload_url", server.url()), ("upload_review", "manual")] {
            _ = try arpguard("config", "set", "telemetry.\(key)", value)
        }
        var printed: [String: [JSONValue]] = [:]
        for (command, runs) in Self.story {
            if command == "show" { _ = try arpguard("replay", "--sample") }
            if command == "log" { try damageLedger(of: arpguard) }
            for run in runs { printed[command, default: []] += try output(arpguard, run) }
        }
        for (command, values) in printed {
            try DocumentedJSON.expect(values, tallyWith: "arpguard telemetry \(command)")
        }
    }

    private func output(_ arpguard: Arpguard, _ run: String) throws -> [JSONValue] {
        let words = try run.split(separator: " ").map {
            try $0 == "UID" ? firstBatch(arpguard) : String($0)
        }
        let result = try CommandRunner.run(
            Executables.path("arpguard"), ["telemetry"] + words + ["--format", "json"],
            environment: ["ARPGUARD_HOME": arpguard.home, "HOME": arpguard.folder.path])
        #expect(result.status == Self.status[run] ?? 0, "\(run): \(result.stderr)")
        return try DocumentedJSON.values(of: result)
    }

    private func firstBatch(_ arpguard: Arpguard) throws -> String {
        let list = try output(arpguard, "review --list")
        return try #require(list.first?["batch"]?.stringValue)
    }

    private func damageLedger(of arpguard: Arpguard) throws {
        let database = try Connection(path: "\(arpguard.home)/telemetry/store.sqlite")
        try database.execute("UPDATE ledger SET kind = 'consent_withdrawn' WHERE rowid = 1")
    }
}
