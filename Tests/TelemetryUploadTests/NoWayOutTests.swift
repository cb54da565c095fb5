// SPDX-License-Identifier: Apache-2.0

import Modules
import Telemetry
import TelemetryUpload
import TestKit
import Testing

/// Rounds in which nothing of a batch found a way out.
@Suite struct NoWayOutTests {
    private let home: Home

    init() throws {
        home = try Home(url: "https://collector.example.org/v1/logs")
        home.record(1)
    }

    /// But for those that only an answer can meet.
    private static let kinds = TransferFailure.Kind.allCases.filter {
        ![.malformed, .tooLarge].contains($0)
    }

    @Test(arguments: kinds, [false, true])
    func `what never left is reviewed if that is asked for since, what may have left goes again`(
        kind: TransferFailure.Kind, mayHaveSent: Bool
    ) throws {
        let failure = TransferFailure(kind, "no", mayHaveSent: mayHaveSent)
        let transport = ScriptedTransport(.failed(failure), .status(200))
        _ = try home.round { transport }
        var reviewed = home
        reviewed.config.uploadReview = .manual
        home.clock.advance(by: .seconds(61))
        let summary = try #require(try reviewed.round { transport })
        #expect(summary.batchesSent == (mayHaveSent ? 1 : 0))
        #expect(summary.ending == (mayHaveSent ? .nothingWaits : .held(events: 1)))
    }

    @Test func `an attempt that was stopped before its first byte costs none of the day's bytes`()
        throws
    {
        var tight = home
        tight.config.uploadBytesPerDayMax = 1024
        let stopped = TransferFailure(.cancelled, "stopped", mayHaveSent: false)
        let transport = ScriptedTransport(.failed(stopped))
        for _ in 0..<10 {
            #expect(try tight.round { transport }?.ending == .interrupted)
        }
        #expect(transport.requests.count == 10)
    }
}
