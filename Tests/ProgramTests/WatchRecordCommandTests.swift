// SPDX-License-Identifier: Apache-2.0

import JSON
import Modules
import SQLite
import TestKit
import Testing
import WatchRecords

/// What `bindings` and `status` make of the files that a watch left.
@Suite struct WatchRecordCommandTests {
    let arpguard: Arpguard

    init() throws { arpguard = try Arpguard() }

    private var store: BindingStore { BindingStore(home: arpguard.home, files: RealFileSystem()) }

    private func prepareHome() throws {
        try RealFileSystem().createFolder(arpguard.home)
        try store.save([
            StoredBinding(
                interface: "eth0", vlans: "", address: "10.0.0.1", hardware: "02:00:00:00:00:01",
                firstSeen: 0, lastSeen: 2_000_000_000),
            StoredBinding(
                interface: "eth1", vlans: "7.20", address: "10.0.0.9",
                hardware: "02:00:00:00:00:09", firstSeen: 1_000_000_000, lastSeen: 5_000_000_000),
        ])
    }

    @Test func `bindings are listed, the last heard first, for people and for programs`() throws {
        try prepareHome()
        let table = try arpguard("bindings").stdout.split(separator: "\n").map {
            $0.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
        }
        #expect(
            table.dropFirst() == [
                [
                    "10.0.0.9", "02:00:00:00:00:09", "eth1", "7.20", "1970-01-01T00:00:01Z",
                    "1970-01-01T00:00:05Z",
                ],
                [
                    "10.0.0.1", "02:00:00:00:00:01", "eth0", "1970-01-01T00:00:00Z",
                    "1970-01-01T00:00:02Z",
                ],
            ])
        let lines = try arpguard("--format", "json", "bindings").stdout.split(separator: "\n")
            .map { try JSONValue.parse(String($0)) }
        #expect(lines.map { $0["vlans"] } == [[7, 20], []])
        #expect(lines.first?["mac"] == "02:00:00:00:00:09")
        #expect(lines.first?["last_seen"] == "1970-01-01T00:00:05Z")
    }

    @Test func `a home without bindings says what makes them`() throws {
        let result = try arpguard("bindings")
        #expect(result.status == 0 && result.stdout.isEmpty)
        #expect(result.stderr.contains("no bindings are known: \(arpguard.told) watch learns them"))
        #expect(try arpguard.folder.contents().isEmpty)
    }

    @Test func `who had an address is forgotten where that is asked for, and shown once more`()
        throws
    {
        let nowhere = try arpguard("bindings", "--forget", "10.0.0.1")
        #expect(nowhere.status == 0 && nowhere.stdout.isEmpty)
        #expect(nowhere.stderr.contains("no binding of 10.0.0.1 was written down here"))
        #expect(try arpguard.folder.contents().isEmpty)
        try prepareHome()
        let forgotten = try arpguard("bindings", "--forget", "10.0.0.1", "--format", "json")
        #expect(forgotten.status == 0 && forgotten.stderr.isEmpty, "\(forgotten.stderr)")
        #expect(try JSONValue.parse(forgotten.stdout)["mac"] == "02:00:00:00:00:01")
        #expect(try store.read().map(\.address) == ["10.0.0.9"])
        #expect(try arpguard("bindings", "--forget", "10.0.0").status == 64)
    }

    @Test func `bindings that can't be read are an error that says what becomes of them`() throws {
        try prepareHome()
        try Connection(path: store.path, mode: .readWrite).execute("PRAGMA user_version = 99")
        let newer = try arpguard("bindings")
        #expect(newer.status == 2 && newer.stdout.isEmpty)
        #expect(newer.stderr.contains("the bindings were written by a newer version"))
        try arpguard.folder.write(String(repeating: "no database", count: 999), to: "own/b")
        try RealFileSystem().rename("\(arpguard.home)/b", to: store.path)
        let damaged = try arpguard("bindings")
        #expect(damaged.status == 2)
        #expect(damaged.stderr.contains("the file of bindings is damaged"), "\(damaged.stderr)")
        #expect(damaged.stderr.contains("the next watch sets it aside and learns anew"))
    }

    @Test func `the status tells what the last watch saw, lost and failed to pass on`() throws {
        try RealFileSystem().createFolder(arpguard.home)
        var state = WatchState(process: 77, since: 1_000_000_000)
        state.written = 9_000_000_000
        state.alerts = ["high": 2, "low": 1]
        state.lastAlert = .init(time: 8_000_000_000, severity: "high", summary: "a forged claim")
        state.outputs = [
            .init(name: "eve", delivered: 3, failed: 0, dropped: 0),
            .init(name: "command", delivered: 1, failed: 1, dropped: 1),
        ]
        var interface = WatchState.Interface(name: "eth0")
        interface.frames = 50
        interface.dropped = 7
        interface.evicted = 9
        interface.hears = false
        state.interfaces = [interface]
        try WatchStateFile(home: arpguard.home, files: RealFileSystem()).write(state)
        let result = try arpguard("status")
        #expect(result.status == 1)
        let lines = result.stdout.split(separator: "\n").map { line in
            line.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
        }
        #expect(
            lines.prefix(5) == [
                "watch not running; the last one began 1970-01-01T00:00:01Z, and was last seen "
                    + "1970-01-01T00:00:09Z",
                "alerts 2 high, 1 low", "last alert 1970-01-01T00:00:08Z a forged claim",
                "eth0 9 owners forgotten for want of room", "command 1 sent, 1 failed, 1 dropped",
            ], "\(lines)")
        #expect(lines.contains("eth0, no carrier not known not known 50 7"), "\(lines)")
        try arpguard.folder.write("{", to: "own/watch.json")
        let unreadable = try arpguard("status")
        #expect(unreadable.stdout.contains("the last one left no state"), "\(unreadable)")
        try RealFileSystem().remove(arpguard.home + "/watch.json")
        let never = try arpguard("status")
        #expect(never.stdout.contains("none has run in this home"), "\(never)")
    }

    /// The first column of the status, and what stands behind it.
    private func rows(_ result: CommandResult) -> [String: String] {
        let rows = result.stdout.split(separator: "\n").map { line in
            let words = line.split(separator: " ")
            return (String(words.first ?? ""), words.dropFirst().joined(separator: " "))
        }
        return Dictionary(rows) { first, _ in first }
    }

    /// What a timer's upload says.
    private func upload() throws -> String {
        let result = try CommandRunner.run(
            Executables.path("arpguard-upload"), ["--home", arpguard.home, "--if-due"],
            environment: ["HOME": arpguard.folder.path])
        #expect(result.status == 0, "\(result.stderr)")
        return result.stderr
    }

    @Test func `a watch that has written nothing for long is told to hang, and holds uploads up`()
        throws
    {
        try RealFileSystem().createFolder(arpguard.home)
        let files = WatchStateFile(home: arpguard.home, files: RealFileSystem())
        let lock = try #require(try files.lock())
        #expect(try upload().contains("nothing is sent now: the watch of this home has written"))
        let silent = try arpguard("status")
        #expect(silent.status == 0)
        #expect(rows(silent)["watch"] == "runs; it has written no state that can be read")

        var state = WatchState(process: 77, since: 1_000_000_000)
        let now = SystemClock().now()
        state.written = now.advanced(bySeconds: -60).nanoseconds
        try files.write(state)
        let written = Timestamp(nanoseconds: state.written).rfc3339
        let stale = try rows(arpguard("status"))
        #expect(stale["watch"] == "running since 1970-01-01T00:00:01Z, process 77")
        #expect(stale["state"] == "last written \(written): its disk is full, or it hangs")
        let json = try JSONValue.parse(arpguard("--format", "json", "status").stdout)
        #expect(json["running"] == true && json["watch"]?["stale"] == true)
        #expect(try upload().contains("nothing is sent now: the watch of this home has written"))

        state.written = now.advanced(bySeconds: 20).nanoseconds
        try files.write(state)
        #expect(try rows(arpguard("status"))["state"] == nil)
        #expect(try !upload().contains("nothing is sent now"))
        withExtendedLifetime(lock) {}
    }
}
