// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import Modules
import SQLite
@testable import Telemetry
import TestKit
import Testing

/// The real programs in homes to which something happens, decided by seeds.
@Suite(.serialized)
struct FaultTests {
    private static let isFull =
        unsafe getenv("ARPGUARD_TEST_FULL").map { unsafe String(cString: $0) != "0" } == true
    private static let seeds: Range<UInt64> = 0..<(isFull ? 200 : 4)
    private let capture = RepositoryRoot.file("captures/lab-atk-mitm-ettercap.pcap")

    private var commands: [[String]] {
        [
            ["replay", capture], ["telemetry", "status"], ["telemetry", "show"],
            ["telemetry", "preview"], ["telemetry", "upload"], ["telemetry", "log", "--verify"],
            ["telemetry", "enable", "--confirm"], ["telemetry", "rotate-id", "--confirm"],
            ["telemetry", "delete-data", "--confirm"], ["telemetry", "disable"],
        ]
    }

    private func run(_ words: [String], in home: String) throws -> CommandResult {
        try CommandRunner.run(
            Executables.path("arpguard"), words, environment: ["ARPGUARD_HOME": home, "HOME": home])
    }

    private func status(of home: String) throws -> JSONValue {
        let result = try run(["telemetry", "status", "--format", "json"], in: home)
        return try JSONValue.parse(result.stdout)
    }

    /// A home that said yes, with a batch that is sealed and events that wait.
    private func makeHome(in folder: TemporaryDirectory, url: String) throws -> String {
        let home = folder.file("own")
        for words in [
            ["config", "set", "telemetry.upload_url", url], ["telemetry", "enable", "--confirm"],
            ["replay", capture], ["telemetry", "preview"], ["replay", capture],
        ] {
            let result = try run(words, in: home)
            try #require([0, 1].contains(result.status), "\(words): \(result.stderr)")
        }
        return home
    }

    /// A collector and where it listens.
    private func startCollector(_ folder: TemporaryDirectory) throws -> (RunningProcess, String) {
        let process = try RunningProcess(
            Executables.path("arpguard-collector"),
            [
                "serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--store",
                "sqlite:\(folder.file("collector.sqlite"))",
            ])
        let line = try process.waitForLine(containing: "intake ")
        return (process, String(line.dropFirst("intake ".count)))
    }

    @Test func `programs that are killed at any moment leave a home in which all is well`() throws {
        for seed in Self.seeds {
            let random = SeededRandom(seed: seed)
            let folder = try TemporaryDirectory()
            let (collector, url) = try startCollector(folder)
            defer { collector.kill() }
            let home = try makeHome(in: folder, url: url)
            for _ in 0..<12 {
                let words = commands[Int(random.uniform(below: UInt64(commands.count)))]
                let process = try RunningProcess(
                    Executables.path("arpguard"), words,
                    environment: ["ARPGUARD_HOME": home, "HOME": home])
                // Killed with its helpers when the time is over.
                let milliseconds = 1 + Int64(random.uniform(below: 50))
                if (try? process.waitForEnd(within: .milliseconds(milliseconds))) == nil {
                    _ = try process.waitForEnd()
                }
            }
            for words in [["telemetry", "enable", "--confirm"], ["telemetry", "log", "--verify"]] {
                let result = try run(words, in: home)
                #expect(result.status == 0, "seed \(seed): \(words): \(result.stderr)")
            }
            #expect(try run(["replay", capture], in: home).status == 1)
            let status = try status(of: home)
            #expect(status["enabled"] == true && status["store_error"] == .null, "seed \(seed)")
            let upload = try run(["telemetry", "upload"], in: home)
            #expect(upload.status == 0, "seed \(seed): \(upload.stderr)")
            #expect(try self.status(of: home)["events"]?["waiting"] == 0, "seed \(seed)")
            let deletion = try run(["telemetry", "delete-data", "--confirm"], in: home)
            #expect(deletion.status == 0, "seed \(seed): \(deletion.stderr)")
            #expect(try self.status(of: home)["pending_erasures"] == 0, "seed \(seed)")
            #expect(try folder.contents().allSatisfy { !$0.hasSuffix(".intent") })
        }
    }

    @Test(arguments: [true, false])
    func `bytes changed anywhere in a home end no program, and are no yes`(isOn: Bool) throws {
        let folder = try TemporaryDirectory()
        // Nobody listens there.
        let home = try makeHome(in: folder, url: "http://127.0.0.1:9/v1/logs")
        let alerts = try run(["replay", capture], in: home).stdout
        if !isOn { try #require(run(["telemetry", "disable"], in: home).status == 0) }
        let names = try folder.contents().filter {
            $0.hasPrefix("own/") && !$0.hasSuffix(".lock") && !$0.hasSuffix("/config.json")
        }
        let originals = names.compactMap { name in
            (try? folder.read(name)).map { (name: name, bytes: $0) }
        }.filter { !$0.bytes.isEmpty }
        for seed in Self.seeds {
            let random = SeededRandom(seed: seed)
            for (name, bytes) in originals { try folder.write(bytes, to: name) }
            var told: [String] = []
            for _ in 0...random.uniform(below: 3) {
                let (name, bytes) = originals[Int(random.uniform(below: UInt64(originals.count)))]
                try folder.write(damaged(bytes, random), to: name)
                told.append(name)
            }
            for words in commands.filter({ isOn || !$0.contains("enable") }) {
                let result = try run(words, in: home)
                #expect(
                    result.signal == nil && [0, 1, 2].contains(result.status),
                    "seed \(seed): \(told): \(words): \(result)")
                if words[0] == "replay" { #expect(result.stdout == alerts, "seed \(seed)") }
                let status = try status(of: home)
                if !isOn { #expect(status["enabled"] == false, "seed \(seed): \(told)") }
            }
        }
    }

    /// The bytes with some of them changed, or cut short.
    private func damaged(_ bytes: [UInt8], _ random: SeededRandom) -> [UInt8] {
        var bytes = bytes
        if random.uniform(below: 8) == 0 {
            return Array(bytes.prefix(Int(random.uniform(below: UInt64(bytes.count)))))
        }
        for _ in 0...random.uniform(below: 8) {
            let place = Int(random.uniform(below: UInt64(bytes.count)))
            for index in place..<min(bytes.count, place + 1 + Int(random.uniform(below: 32))) {
                bytes[index] = UInt8(random.uniform(below: 256))
            }
        }
        return bytes
    }

    /// A home whose store was made by the first version, with events that wait.
    private func makeOldHome(in folder: TemporaryDirectory, events: Int64) throws -> String {
        let home = folder.file("own")
        try #require(run(["telemetry", "enable", "--confirm"], in: home).status == 0)
        for suffix in ["", "-wal", "-shm"] {
            _ = unsafe unlink("\(home)/telemetry/store.sqlite\(suffix)")
        }
        let store = try Connection(path: home + "/telemetry/store.sqlite")
        try store.execute("\(StoreSchema.newFilePragmas); \(StoreSchema.pragmas)")
        try store.migrate([StoreSchema.migrations[0]])
        try store.transaction {
            try store.execute("INSERT INTO totals VALUES ('accepted', \(events))")
            try store.execute("INSERT INTO names VALUES (1, 'app_start')")
            let now = SystemClock().now().nanoseconds
            for _ in 0..<events {
                try store.execute(
                    "INSERT INTO events(epoch, time, name, properties) VALUES (1, \(now), 1, x'')")
            }
        }
        return home
    }

    @Test func `a change of schema that is killed at any moment is done whole or not at all`()
        throws
    {
        let folder = try TemporaryDirectory()
        let home = try makeOldHome(in: folder, events: 200)
        let old = try folder.read("own/telemetry/store.sqlite")
        let known = StoreSchema.migrations.last?.version
        let start = ContinuousClock.now
        #expect(try run(["telemetry", "disable"], in: home).status == 0)
        let whole = ContinuousClock.now - start
        var versions: Set<Int64?> = []
        let kills = Self.isFull ? 400 : 20
        for seed in 1...kills {
            try folder.write(old, to: "own/telemetry/store.sqlite")
            for suffix in ["-wal", "-shm"] {
                _ = unsafe unlink("\(home)/telemetry/store.sqlite\(suffix)")
            }
            let process = try RunningProcess(
                Executables.path("arpguard"), ["telemetry", "disable"],
                environment: ["ARPGUARD_HOME": home, "HOME": home])
            // Killed when the time is over: at first at once, in the end once all is done.
            _ = try? process.waitForEnd(within: whole * seed * 2 / kills)
            _ = try process.waitForEnd()
            let store = try Connection(path: home + "/telemetry/store.sqlite", mode: .readWrite)
            let version = try store.integer("PRAGMA user_version")
            versions.insert(version)
            let hasLedger = try store.integer(
                "SELECT count(*) FROM sqlite_master WHERE name = 'ledger'")
            #expect([1, known].contains(version), "seed \(seed)")
            #expect(hasLedger == (version == 1 ? 0 : 1), "seed \(seed)")
            #expect(try store.text("PRAGMA integrity_check") == "ok", "seed \(seed)")
            #expect(try store.integer("SELECT count(*) FROM events") == 200, "seed \(seed)")
            #expect(try run(["telemetry", "disable"], in: home).status == 0, "seed \(seed)")
            #expect(try store.integer("PRAGMA user_version") == known, "seed \(seed)")
            let recorded = try status(of: home)["events"]?["recorded"]
            #expect(recorded == 200, "seed \(seed): \(recorded ?? .null)")
        }
        // Some died before it and some after.
        #expect(versions == [1, known])
    }

    @Test func `eight programs that record into one home at once lose nothing`() throws {
        let folder = try TemporaryDirectory()
        let home = folder.file("own")
        #expect(try run(["telemetry", "enable", "--confirm"], in: home).status == 0)
        #expect(try run(["replay", capture], in: home).status == 1)
        let one = try #require(try status(of: home)["events"]?["recorded"]?.integerValue)
        let processes = try (0..<8).map { _ in
            try RunningProcess(
                Executables.path("arpguard"), ["replay", capture],
                environment: ["ARPGUARD_HOME": home, "HOME": home])
        }
        for process in processes { #expect(try process.waitForEnd().status == 1) }
        let status = try status(of: home)
        #expect(one > 0)
        #expect(status["events"]?["recorded"] == .integer(9 * one))
        #expect(status["lost"] == .object([:]))
    }

    /// Fills a disk up to some room, runs every command, frees the disk and looks.
    private static let script = """
        folder=$1 arpguard=$2 capture=$3; shift 3
        mkdir -p "$folder/disk" && mount -t tmpfs -o size=4m tmpfs "$folder/disk" || exit 99
        cd "$folder/disk" || exit 99
        for room; do
            rm -rf own && cp -a "$folder/own" own
            head -c 8m /dev/zero >filling 2>/dev/null
            truncate -s "-${room}k" filling
            for words in "replay $capture" "telemetry status" "telemetry preview" \\
                "telemetry rotate-id --confirm" "telemetry disable" "telemetry enable --confirm" \\
                "replay $capture" "telemetry delete-data --confirm"; do
                "$arpguard" --home "$PWD/own" $words >"$folder/out" 2>"$folder/err"
                status=$?
                [ "$status" -le 2 ] || echo "$room: $words: ended with $status"
            done
            rm filling
            for words in "enable --confirm" "log --verify" "delete-data --confirm"; do
                "$arpguard" --home "$PWD/own" telemetry $words >"$folder/out" 2>"$folder/err" \\
                    || echo "$room: $words: $(cat "$folder/err")"
            done
        done
        """

    private static var canMount: Bool {
        let result = try? CommandRunner.run(
            "/usr/bin/unshare", ["--user", "--map-root-user", "--mount", "/bin/true"])
        return result?.status == 0
    }

    @Test(.enabled(if: canMount, "the kernel gives this user no mount namespace"))
    func `a disk that is full at any write is survived, and all is well once there is room`() throws
    {
        let folder = try TemporaryDirectory()
        _ = try makeHome(in: folder, url: "http://127.0.0.1:9/v1/logs")
        let step = Self.isFull ? 4 : 96
        let rooms = stride(from: 0, through: 1600, by: step).map { "\($0)" }
        let result = try CommandRunner.run(
            "/usr/bin/unshare",
            [
                "--user", "--map-root-user", "--mount", "/bin/sh", "-c", Self.script, "sh",
                folder.path, Executables.path("arpguard"), capture,
            ] + rooms, deadline: .seconds(30 + 6 * rooms.count))
        #expect(result.status == 0, "\(result.stderr)")
        #expect(result.stdout == "")
    }
}
