// SPDX-License-Identifier: Apache-2.0

import JSON
import Modules
import SQLite
import Telemetry
import TelemetryUpload
import TestKit
import Testing

@Suite struct UploadRoundTests {
    private let home: Home

    init() throws {
        home = try Home(url: "https://collector.example.org/v1/logs")
    }

    private func round(_ transport: ScriptedTransport) throws -> UploadSummary {
        try #require(try home.round { transport })
    }

    @Test func `without events nothing is sent`() throws {
        let transport = ScriptedTransport(.status(200))
        let summary = try round(transport)
        #expect(summary == UploadSummary())
        #expect(summary.hasFailed == false)
        #expect(transport.requests.isEmpty)
    }

    @Test func `every batch that is due is sent and is then done`() throws {
        home.record(3)
        let transport = ScriptedTransport(.status(200))
        let summary = try round(transport)

        #expect(summary.batchesSent == 3)
        #expect(summary.eventsSent == 3)
        #expect(summary.bytesSent == transport.requests.reduce(0) { $0 + Int64($1.body.count) })
        #expect(summary.ending == .nothingWaits)
        #expect(summary.hasFailed == false)
        #expect(Set(transport.requests.map(\.body)).count == 3)
        #expect(try home.control.status().uploaded == 3)
        #expect(try round(transport).batchesSent == 0)
    }

    @Test func `the request is what preview shows, but for host and length`() throws {
        home.record(1)
        guard case .sealed(let batch, let headers) = try home.control.preview() else {
            Issue.record("nothing to preview")
            return
        }
        let transport = ScriptedTransport(.status(200))
        _ = try round(transport)
        let request = try #require(transport.requests.first)
        #expect(request.method == "POST")
        #expect(request.url.description == batch.url)
        #expect(request.body == batch.body)
        let shown = headers.filter { !["Host", "Content-Length"].contains($0.name) }
        #expect(request.headers == shown.map { UploadHeader($0.name, $0.value) })
    }

    @Test func `sending is noted before the first byte leaves`() throws {
        home.record(1)
        let transport = ScriptedTransport(.status(200)) { [home] in
            guard case .sealed(let batch, _)? = try? home.control.preview() else {
                Issue.record("the batch is gone")
                return
            }
            #expect(batch.state == .sending)
        }
        _ = try round(transport)
        #expect(transport.requests.count == 1)
    }

    @Test func `rejected records are counted and never sent again`() throws {
        home.record(1)
        let answer = UploadResponse(
            status: 200, headers: [UploadHeader("Content-Type", "application/x-protobuf")],
            // partial_success { rejected_log_records: 9, error_message: "too old" }
            body: [0x0A, 0x0B, 0x08, 0x09, 0x12, 0x07] + Array("too old".utf8))
        let transport = ScriptedTransport(.answered(answer))
        let summary = try round(transport)
        #expect(summary.batchesSent == 1)
        #expect(summary.eventsSent == 0)
        #expect(summary.eventsRejected == 1)
        #expect(summary.warnings == ["https://collector.example.org: too old"])
        #expect(summary.hasFailed == false)
        #expect(try round(transport).ending == .nothingWaits)
        #expect(transport.requests.count == 1)
    }

    @Test(arguments: [
        TransferOutcome.status(503), .status(429), .failed(TransferFailure(.connect, "refused")),
        .failed(TransferFailure(.closed, "gone")), .failed(TransferFailure(.timeout, "late")),
    ])
    func `a failure ends the round and the same bytes go later`(outcome: TransferOutcome) throws {
        home.record(2)
        let transport = ScriptedTransport(outcome, .status(200))
        let failed = try round(transport)
        #expect(failed.ending == .failed)
        #expect(failed.hasFailed)
        #expect(failed.batchesRetried == 1)
        #expect(failed.bytesSent == 0)
        #expect(failed.problems.count == 1)
        #expect(try home.control.status().lost.isEmpty)

        home.clock.advance(by: .seconds(61))
        #expect(try round(transport).batchesSent == 2)
        let bodies = transport.requests.map(\.body)
        #expect(bodies.count == 3)
        #expect(bodies[0] == bodies[1])
    }

    @Test func `a server's wish to wait holds over a restart`() throws {
        home.record(1)
        let busy = TransferOutcome.status(503, [UploadHeader("Retry-After", "3600")])
        let transport = ScriptedTransport(busy, .status(200))
        let start = home.clock.now()
        _ = try round(transport)
        home.clock.advance(by: .seconds(3599))
        #expect(try round(transport).ending == .waits(until: start.advanced(bySeconds: 3600)))
        #expect(transport.requests.count == 1)
        home.clock.advance(by: .seconds(1))
        #expect(try round(transport).batchesSent == 1)
    }

    @Test func `delays grow with each failure of the same batch`() throws {
        home.record(1)
        let transport = ScriptedTransport(.status(503))
        var longest = Duration.zero
        for _ in 0..<12 {
            _ = try round(transport)
            guard let next = try home.control.status().nextUpload else { break }
            let start = home.clock.now()
            while home.clock.now().rfc3339 < next { home.clock.advance(by: .seconds(30)) }
            home.clock.advance(by: .seconds(1))
            let waited = Duration.nanoseconds(home.clock.now().nanoseconds - start.nanoseconds)
            longest = max(longest, waited)
        }
        #expect(transport.requests.count == 12)
        #expect(longest > .seconds(30 * 60))
        #expect(longest <= .seconds(6 * 60 * 60 + 31))
    }

    @Test(arguments: [301, 400, 401, 403, 404, 408, 413, 500])
    func `a refusal gives up one batch, says so, and leaves the rest`(status: Int) throws {
        home.record(2)
        let transport = ScriptedTransport(.status(status), .status(200))
        let summary = try round(transport)
        #expect(summary.batchesRejected == 1)
        #expect(summary.bytesSent == 0)
        #expect(summary.eventsRejected == 1)
        #expect(summary.ending == .failed)
        #expect(summary.problems.first?.text.contains("answered \(status)") == true)
        #expect(transport.requests.count == 1)
        let lost = try home.control.status().lost
        #expect(lost.map(\.reason) == ["rejected"])
        #expect(lost.first?.count == 1)

        #expect(try round(transport).batchesSent == 1)
        #expect(transport.requests[0].body != transport.requests[1].body)
    }

    @Test func `a cancelled round leaves its batch to be sent again`() throws {
        home.record(1)
        let cancelled = TransferOutcome.failed(TransferFailure(.cancelled, "cancelled"))
        let transport = ScriptedTransport(cancelled, .status(200))
        let summary = try round(transport)
        #expect(summary.ending == .interrupted)
        #expect(summary.bytesSent == 0)
        #expect(summary.hasFailed)
        #expect(try round(transport).batchesSent == 1)
        #expect(transport.requests[0].body == transport.requests[1].body)
    }

    @Test func `without consent nothing is sent, and the causes are told`() throws {
        home.record(1)
        try home.control.disable()
        let transport = ScriptedTransport(.status(200))
        let summary = try round(transport)
        #expect(summary.ending == .blocked([.withdrawn]))
        #expect(summary.hasFailed == false)
        #expect(transport.requests.isEmpty)
    }

    @Test func `consent taken back while a batch is sent stops the next one`() throws {
        home.record(2)
        let transport = ScriptedTransport(.status(200)) { [home] in
            #expect(throws: Never.self) { try home.control.disable() }
        }
        let summary = try round(transport)
        #expect(summary.ending == .blocked([.withdrawn]))
        #expect(transport.requests.count == 1)
    }

    @Test(arguments: [200, 400, 503])
    func `an answer to a batch of an identifier that ended is in the ledger, and counts nothing`(
        status: Int
    ) throws {
        home.record(1)
        let transport = ScriptedTransport(.status(status)) { [home] in
            #expect(throws: Never.self) { try home.control.rotateID() }
        }
        let summary = try round(transport)
        #expect(transport.requests.map(\.method) == ["POST", "DELETE"])
        #expect(summary.batchesRetried == 0)
        let row = try #require(try home.control.ledger().last { $0.kind == "answered" })
        let outcomes = [200: "accepted", 400: "rejected", 503: "cut_off"]
        #expect(row.detail["outcome"]?.stringValue == outcomes[status])
        let after = try home.control.status()
        #expect((after.uploaded, after.waiting, after.lost.count) == (0, 0, 0))
    }

    @Test func `batches of two identifiers go in two rounds`() throws {
        home.record(1)
        var transports: [ScriptedTransport] = []
        let isFirst = Once()
        let summary = try home.round {
            transports.append(
                ScriptedTransport(.status(200)) { [home] in
                    guard isFirst.first() else { return }
                    #expect(throws: Never.self) { try home.control.rotateID() }
                    home.record(1)
                })
            return transports[transports.count - 1]
        }
        #expect(summary?.batchesSent == 1)
        guard case .apart = summary?.ending else { throw TestKitError("not apart") }
        #expect(transports.flatMap(\.requests).map(\.method) == ["POST", "DELETE"])
    }

    @Test func `one round at a time`() throws {
        home.record(1)
        let outbox = try #require(try home.control.outbox())
        #expect(try home.round { ScriptedTransport(.status(200)) } == nil)
        withExtendedLifetime(outbox) {}
    }

    @Test func `a retry that the day's bytes do not allow is due another day`() throws {
        var tight = home
        tight.config.maxEventsPerBatch = 100
        tight.config.uploadBytesPerDayMax = 1024
        tight.config.compression = "none"
        tight.record(4)
        let transport = ScriptedTransport(.status(503), .status(200))
        #expect(try tight.round { transport }?.batchesRetried == 1)
        let size = try #require(transport.requests.first).body.count
        try #require((513...1024).contains(size), "twice in a day is too much")
        tight.clock.advance(by: .seconds(100))
        #expect(try tight.control.uploadAgenda().isDue(at: tight.clock.now()))
        #expect(try tight.round { transport }?.ending == .budgetSpent)
        let due = try #require(try tight.control.uploadAgenda().dueAt)
        #expect(due >= Day(number: tight.clock.now().day.number + 1).start)
        #expect(try tight.control.status().nextUpload == due.rfc3339)
        #expect(try tight.uploader.run(.everythingIfDue)?.ending == .notDue(until: due))
        tight.clock.jump(to: due)
        #expect(try tight.round { transport }?.batchesSent == 1)
        #expect(transport.requests.count == 2)
    }

    @Test(arguments: TransferFailure.Kind.allCases)
    func `an attempt of which nothing left costs none of the day's bytes`(
        kind: TransferFailure.Kind
    ) throws {
        home.record(1)
        let transport = ScriptedTransport(.failed(TransferFailure(kind, "no")), .status(200))
        _ = try round(transport)
        let path = home.folder.file("telemetry/store.sqlite")
        let spent = try Connection(path: path, mode: .readOnly)
            .integer("SELECT sum(count) FROM totals WHERE name LIKE 'bytes.%'")
        let size = Int64(try #require(transport.requests.first).body.count)
        let isFree = [.connect, .proxy, .tls, .certificates].contains(kind)
        #expect(spent == (isFree ? 0 : size))
    }

    @Test func `a day's bytes are not exceeded`() throws {
        var tight = home
        tight.config.maxEventsPerBatch = 100
        tight.config.uploadBytesPerDayMax = 1024
        let transport = ScriptedTransport(.status(200))
        var summary = UploadSummary()
        for _ in 0..<20 where summary.ending != .budgetSpent {
            tight.record(40)
            summary = try #require(try tight.round { transport })
        }
        #expect(summary.ending == .budgetSpent)
        #expect(transport.requests.reduce(0) { $0 + $1.body.count } <= 1024)
        tight.clock.advance(by: .seconds(86_400))
        #expect(try tight.round { transport }?.ending == .nothingWaits)
    }
}
