// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import TestKit
import Testing

/// A person who decides while a watch runs.
@Suite(.serialized) struct ConsentWatchTests: LaboratorySuite {
    let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    /// The properties of the last event of a type that the home shows.
    private func last(_ type: String) throws -> JSONValue? {
        let shown = try arpguard("--format", "json", "telemetry", "show", "--type", type)
        let line = try #require(shown.stdout.split(separator: "\n").last, "\(shown.stderr)")
        return try JSONValue.parse(String(line))["properties"]
    }

    @Test func `a watch in whose middle somebody agrees tells of nothing from before`() throws {
        if let obstacle = Laboratory.obstacle(Attack.arping.path) {
            try Test.cancel("\(obstacle)")
        }
        // Where there was a decision before, the next is noticed at once.
        #expect(try arpguard("telemetry", "disable").status == 0)
        let laboratory = try Laboratory("cy")
        let watch = try watch(laboratory)
        try waitForStart(watch)
        let attack = try laboratory.start(.attacker, Attack.arping.path, Attack.arping.words)
        _ = try watch.waitForLine(containing: "\"alert\"")
        #expect(try attack.waitForEnd().signal == nil)
        #expect(try arpguard("telemetry", "enable", "--confirm").status == 0)
        watch.send(signal: SIGTERM)
        #expect(try watch.waitForEnd().status == 1)
        #expect(try last("detection_run")?["alerts"] == 0)
        // The attack alone took four seconds.
        #expect(try last("app_stop")?["uptime_seconds"]?.integerValue ?? .max < 4)
    }
}
