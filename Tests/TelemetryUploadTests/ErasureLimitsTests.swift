// SPDX-License-Identifier: Apache-2.0

import Modules
import Telemetry
import TelemetryUpload
import TestKit
import Testing

/// How long requests for erasure may take, and how often they are made.
@Suite struct ErasureLimitsTests {
    private let home: Home

    init() throws { home = try Home(url: "https://collector.example.org/v1/logs") }

    /// Has something sent under so many identifiers, each of which is over.
    private func owe(_ count: Int) throws {
        for _ in 0..<count { try home.owe() }
        #expect(try home.control.status().pendingErasures == Int64(count))
    }

    @Test func `servers that hang take ten seconds of a round together, and no more`() throws {
        try owe(4)
        let clock = home.clock
        // Each has the rest of the time, and uses some of it.
        let transport = ScriptedTransport(.failed(TransferFailure(.timeout, "no answer"))) {
            clock.advance(by: .seconds(4))
        }
        let summary = try home.round(erasuresOnly: true) { transport }
        #expect(summary?.erasuresPending == 4)
        let limits = transport.requests.map(\.limits)
        for (limit, seconds) in zip(limits, [10, 6, 2]) {
            #expect(limit.deadline(bodyBytes: 0) == .seconds(seconds))
            #expect(limit.connectTimeout == .seconds(seconds))
        }
        #expect(limits.count == 3)
    }

    @Test func `who asks again waits out what a server asked for, and no own pause`() throws {
        try owe(1)
        let transport = ScriptedTransport(
            .status(500), .status(503), .status(503, [UploadHeader("Retry-After", "7200")]),
            .status(204))
        func ask(isAskedFor: Bool) throws -> UploadSummary {
            try #require(
                try home.round(erasuresOnly: true, isAskedFor: isAskedFor) { transport })
        }
        _ = try ask(isAskedFor: false)
        #expect(try ask(isAskedFor: true).erasuresNotBefore == nil)
        #expect(transport.requests.count == 2)
        #expect(try home.control.status().erasuresNotBefore == nil)
        #expect(try home.control.outlook().erasureURLs.count == 1)
        let wish = home.clock.now().advanced(bySeconds: 7200)
        for _ in 0..<2 { #expect(try ask(isAskedFor: true).erasuresNotBefore == wish) }
        #expect(transport.requests.count == 3)
        #expect(try home.control.status().erasuresNotBefore == wish)
        #expect(try home.control.outlook().erasureURLs.isEmpty)
        home.clock.advance(by: .seconds(7200))
        #expect(try ask(isAskedFor: true).erasuresDone == 1)
    }

    @Test func `patience that a server asks for is had, and it is not asked before`() throws {
        try owe(1)
        let start = home.clock.now()
        let patience: Int64 = 7200
        let transport = ScriptedTransport(
            .status(503, [UploadHeader("Retry-After", "\(patience)")]), .status(204))
        let first = try #require(try home.round(erasuresOnly: true) { transport })
        #expect(first.erasuresDone == 0 && first.erasuresPending == 1)
        let later = try #require(try home.control.outlook().erasuresLater?.at)
        #expect(later >= start.advanced(bySeconds: patience))
        for time in [start, later.advanced(bySeconds: -1)] {
            home.clock.jump(to: time)
            let early = try #require(try home.round(erasuresOnly: true) { transport })
            #expect(early.erasuresDone == 0 && early.erasuresPending == 1 && !early.hasFailed)
            #expect(transport.requests.count == 1)
        }
        home.clock.jump(to: later)
        #expect(try home.round(erasuresOnly: true) { transport }?.erasuresDone == 1)
        #expect(transport.requests.count == 2)
    }
}
