// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Modules
import Testing

@testable import Telemetry

@Suite struct GeneralisationTests {
    @Test(
        arguments: [
            (0, 1), (1, 1), (2, 3), (10, 10), (11, 30), (1250, 3000), (600_001, 86_400_000),
            (86_400_000, 86_400_000),
        ] as [(Int64, Int64)])
    func `milliseconds are rounded up to a dozen steps`(exact: Int64, coarse: Int64) {
        let kind = PropertyKind.duration(.milliseconds, max: 86_400_000)
        #expect(Generalisation.coarse(exact, kind) == coarse)
        #expect(Generalisation.millisecondSteps.count == 12)
    }

    @Test(
        arguments: [
            (0, 0), (1, 1), (2, 2), (3, 2), (660, 512), (1024, 1024), (1_000_000_000, 536_870_912),
        ] as [(Int64, Int64)])
    func `counts and seconds are cut to powers of two`(exact: Int64, coarse: Int64) {
        #expect(Generalisation.coarse(exact, .count(max: 1_000_000_000)) == coarse)
        #expect(Generalisation.coarse(exact, .duration(.seconds, max: 1_000_000_000)) == coarse)
    }

    @Test func `two events that differ below the resolution become one`() throws {
        let run = try #require(Catalogue.standard.event(named: "detection_run"))
        func event(_ second: Int64, _ frames: Int64, _ milliseconds: Int64) -> StoredEvent {
            StoredEvent(
                epoch: 1, time: Timestamp(seconds: 1_795_392_000 + second), name: "detection_run",
                properties: [
                    StoredEvent.Property("frames", .integer(frames)),
                    StoredEvent.Property("duration_ms", .integer(milliseconds)),
                    StoredEvent.Property("mode", "replay"),
                ])
        }
        let first = Generalisation.generalise(event(5, 660, 1250), run)
        #expect(first == Generalisation.generalise(event(86_399, 1000, 2999), run))
        #expect(first != Generalisation.generalise(event(86_400, 660, 1250), run))
        #expect(first != Generalisation.generalise(event(5, 1024, 1250), run))
    }
}
