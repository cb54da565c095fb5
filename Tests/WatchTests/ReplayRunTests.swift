// SPDX-License-Identifier: Apache-2.0

import Capture
import Detection
import TestKit
import Testing

@testable import arpguard_watch

struct ReplayRunTests {
    private let attack = RepositoryRoot.file("captures/lab-atk-mitm-ettercap.pcap")
    private let honest = RepositoryRoot.file("captures/lab-ben-nlb-mismatch.pcap")

    /// Replays files, and returns the totals, the alerts and the errors in their order.
    private func replay(
        _ paths: [String]
    ) -> (summary: ReplaySummary, alerts: [Alert], errors: [CaptureError]) {
        var alerts: [Alert] = []
        var errors: [CaptureError] = []
        let run = ReplayRun(
            captures: paths.map(ReplayCapture.file), configuration: DetectorConfiguration(),
            clock: ManualClock())
        let summary = run.run { alert, path in
            alerts.append(alert)
            #expect(paths.contains(path))
        } onError: {
            errors.append($0)
        }
        return (summary, alerts, errors)
    }

    @Test func `an attack is counted as it is told`() {
        let (summary, alerts, errors) = replay([attack])
        #expect(summary.frames == 660)
        #expect(summary.arpFrames == 146)
        #expect(summary.hasFindings)
        #expect(summary.statistics.alertCount == UInt64(alerts.count))
        #expect(summary.alerts[.high] == UInt64(alerts.count { $0.severity == .high }))
        #expect(errors.isEmpty)
    }

    @Test func `advice alone is no finding`() {
        let (summary, alerts, _) = replay([honest])
        #expect(!alerts.isEmpty)
        #expect(!summary.hasFindings)
    }

    @Test func `files know nothing of each other`() {
        let once = replay([attack])
        let thrice = replay([attack, honest, attack])
        #expect(thrice.alerts.count == 2 * once.alerts.count + replay([honest]).alerts.count)
        #expect(Array(thrice.alerts.prefix(once.alerts.count)) == once.alerts)
        #expect(Array(thrice.alerts.suffix(once.alerts.count)) == once.alerts)
        #expect(thrice.summary.frames == 2 * once.summary.frames + replay([honest]).summary.frames)
    }

    @Test func `a file that cannot be read leaves the others`() throws {
        let folder = try TemporaryDirectory()
        let missing = folder.file("missing.pcap")
        let (summary, alerts, errors) = replay([missing, attack])
        #expect(errors.map(\.code) == [.notFound])
        #expect(summary.errors == errors)
        #expect(alerts == replay([attack]).alerts)
    }

    @Test func `what was found before a file breaks off is kept`() throws {
        let folder = try TemporaryDirectory()
        let whole = try CommandRunner.run("/bin/cat", [attack]).stdoutBytes
        let path = try folder.write(Array(whole.dropLast(10)), to: "cut.pcap")
        let (summary, alerts, errors) = replay([path])
        #expect(errors.map(\.code) == [.truncatedFrame])
        #expect(errors.first?.frame == 660)
        #expect(summary.frames == 659)
        #expect(alerts == replay([attack]).alerts)
    }
}
