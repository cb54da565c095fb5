// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import Modules
import SQLite
import TestKit
import Testing

/// A watch that is killed again and again, while an attacker is at work.
@Suite(.serialized) struct KilledWatchTests: LaboratorySuite {
    let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private static let kills: Int64 = unsafe getenv("ARPGUARD_TEST_FULL") != nil ? 100 : 6

    @Test func `a watch that is killed at any moment loses nothing that it told`() throws {
        let needed = Attack.arping.path
        if let obstacle = Laboratory.obstacle(needed) { try Test.cancel("\(obstacle)") }
        #expect(try arpguard("telemetry", "enable", "--confirm").status == 0)
        let laboratory = try Laboratory("ki")
        let attack = try laboratory.start(
            .attacker, needed, ["-i", "eth0", "-U", "-P", "-S", "10.9.0.1", "10.9.0.1"])
        let random = SeededRandom(seed: 1)
        // What was told in all, and what of it was followed by something else that the watch did.
        var (told, done): (Int64, Int64) = (0, 0)
        for kill in 1...Self.kills {
            let watch = try watch(laboratory)
            // Some die while they begin, some once they know the attack.
            var isDone = false
            if kill % 3 > 0 {
                _ = try watch.waitForLine(containing: "\"alert\"")
                // Some before they could record what they told, the others after.
                if kill % 3 == 2 { isDone = try waitUntilIdle(watch) }
            }
            let moment = Int64(random.uniform(below: 400))
            // Killed with its capture process when the time is over.
            if (try? watch.waitForEnd(within: .milliseconds(moment))) != nil {
                Issue.record("a watch ended by itself")
            }
            let output = try watch.waitForEnd()
            let alerts = Int64(
                output.stdout.split(separator: "\n").count { $0.contains("\"alert\"") })
            told += alerts
            // Each is recorded before the next is told: a kill may come between for the last alone.
            done += max(alerts - 1, isDone ? 1 : 0)
            #expect(!output.stderr.contains("damaged"), "kill \(kill): \(output.stderr)")
            let kept = try recordedAlerts()
            #expect((done...told + kill).contains(kept), "kill \(kill): \(told), \(done), \(kept)")
            try expectSound("kill \(kill)")
        }
        attack.kill()
        #expect(told > Self.kills / 2 && done >= Self.kills / 3)
    }

    /// Waits until the watch waits for frames again, and so has recorded what it told: its first
    /// thread is in poll(2) or ppoll(2) then. False where the kernel does not tell.
    private func waitUntilIdle(_ watch: RunningProcess) throws -> Bool {
        let end = Deadline.within(.seconds(20))
        while !end.hasPassed {
            let call = try CommandRunner.run("/bin/cat", ["/proc/\(watch.pid)/syscall"]).stdout
            // On x86_64 and on arm64.
            if ["7", "271", "73"].contains(call.split(separator: " ").first ?? "") { return true }
            if call.isEmpty { return false }
        }
        Issue.record("a watch never waits")
        return false
    }

    private func recordedAlerts() throws -> Int64 {
        let shown = try arpguard(
            "--format", "json", "telemetry", "show", "--type", "alert_generated")
        #expect(shown.status == 0, "\(shown.stderr)")
        return Int64(shown.stdout.split(separator: "\n").count)
    }

    /// All that a home keeps opens, nothing of it was lost or set aside, and consent stands.
    private func expectSound(_ what: String) throws {
        let status = try JSONValue.parse(arpguard("--format", "json", "telemetry", "status").stdout)
        #expect(status["enabled"] == true && status["store_error"] == .null, "\(what): \(status)")
        #expect(status["lost"] == .object([:]), "\(what): \(status)")
        let ledger = try arpguard("telemetry", "log", "--verify")
        #expect(ledger.status == 0, "\(what): \(ledger.stderr)")
        let names = try folder.contents()
        #expect(!names.contains { $0.contains("damaged") }, "\(what): \(names)")
        for name in names where name.hasSuffix(".sqlite") {
            let database = try Connection(path: folder.file(name), mode: .readOnly)
            #expect(try database.text("PRAGMA integrity_check") == "ok", "\(what): \(name)")
        }
    }
}
