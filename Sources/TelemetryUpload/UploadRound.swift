// SPDX-License-Identifier: Apache-2.0

package import Modules
package import Telemetry

/// One round of uploads: every batch that is due, then every request for erasure that is due.
///
/// A batch is marked before its first byte leaves and after its answer came, so a crash at any
/// point leads to a resend of the same bytes at most.
package struct UploadRound {
    /// How many batches one round sends.
    package static let batchesMax = 100
    /// How many requests for erasure one round sends.
    package static let erasuresMax = 10
    /// How long all requests for erasure of one round may take together.
    package static let erasuresTimeMax = Duration.seconds(10)

    private let outbox: Outbox
    private let clock: any WallClock
    private let random: any RandomSource
    private let makeTransport: () -> any UploadTransport
    private let backoff = Backoff()

    /// A round over `outbox`.
    ///
    /// - Parameter makeTransport: makes a transport without any connection; one serves all
    ///   batches, and each request for erasure has one of its own, so that a server can't tell by
    ///   the connection what belongs together.
    package init(
        outbox: Outbox, clock: any WallClock, random: any RandomSource,
        makeTransport: @escaping () -> any UploadTransport
    ) {
        self.outbox = outbox
        self.clock = clock
        self.random = random
        self.makeTransport = makeTransport
    }

    /// Performs the round. Failures of the network and refusals are in the summary; only the
    /// store's own errors are thrown.
    package func run(erasuresOnly: Bool = false) throws -> UploadSummary {
        var summary = UploadSummary(ending: .erasuresOnly)
        if !erasuresOnly { summary.ending = try sendBatches(&summary) }
        if summary.ending != .interrupted { try sendErasures(&summary) }
        summary.erasuresPending = try outbox.pendingErasures().count
        return summary
    }

    // MARK: - Batches

    private func sendBatches(_ summary: inout UploadSummary) throws -> UploadSummary.Ending {
        let transport = makeTransport()
        for _ in 0..<Self.batchesMax {
            switch try outbox.next() {
            case .empty: return .nothingWaits
            case .later(let time): return .waits(until: time)
            case .budgetSpent: return .budgetSpent
            case .blocked(let causes): return .blocked(causes)
            case .batch(let batch):
                if let ending = try send(batch, over: transport, &summary) { return ending }
            }
        }
        return .roundLimit
    }

    /// Sends one batch; nil when the round goes on.
    private func send(
        _ batch: SealedBatch, over transport: any UploadTransport, _ summary: inout UploadSummary
    ) throws -> UploadSummary.Ending? {
        guard let request = request(for: batch) else {
            summary.note("a batch has no usable address", hint: "check telemetry.upload_url")
            return .failed
        }
        // Consent may have been taken back since the batch was handed out: ask again.
        guard try outbox.begin(batch) else { return nil }
        let outcome = transport.perform(request)
        if case .failed(let failure) = outcome, failure.kind == .cancelled { return .interrupted }
        return try settle(batch, outcome, origin: request.url.origin, &summary)
    }

    private func settle(
        _ batch: SealedBatch, _ outcome: TransferOutcome, origin: String,
        _ summary: inout UploadSummary
    ) throws -> UploadSummary.Ending? {
        switch ResponseVerdict.judge(outcome, now: clock.now()) {
        case .accepted(let rejected, let warning):
            try outbox.accepted(batch, rejected: rejected, answer: warning ?? outcome.answer)
            summary.took(batch, rejected: rejected)
            if let warning { summary.warnings.append("\(origin): \(warning)") }
            return nil
        case .retryLater(let after):
            let time = nextAttempt(after: after, failures: batch.attempts + 1)
            try outbox.retry(batch, notBefore: time, answer: outcome.answer)
            summary.batchesRetried += 1
            summary.note(
                "\(origin): \(outcome.answer)",
                hint: "nothing is lost; the next attempt is due at \(time.rfc3339)")
            return .failed
        case .final(let reason):
            try outbox.refused(batch, answer: reason.code)
            summary.batchesRejected += 1
            summary.eventsRejected += batch.events
            summary.note(
                "\(origin): \(reason); \(batch.events) events will not be sent again",
                hint: "check telemetry.upload_url; further batches wait for the next round")
            // The next batch would meet the same refusal, and be given up as well.
            return .failed
        }
    }

    private func request(for batch: SealedBatch) -> UploadRequest? {
        guard let endpoint = Endpoint(batch.url) else { return nil }
        // The transfer itself adds these two, with the values that `headers` shows.
        let added = ["Host", "Content-Length"]
        let headers = batch.headers(userAgent: outbox.userAgent)
            .filter { !added.contains($0.name) }
            .map { UploadHeader($0.name, $0.value) }
        let limits = UploadLimits(bytesPerSecondMax: outbox.bytesPerSecondMax.map { Int($0) })
        return UploadRequest(
            url: endpoint, method: "POST", headers: headers, body: batch.body, limits: limits)
    }

    /// A server's wish is a least delay: a wish for none does not undo the backoff.
    private func nextAttempt(after: Duration?, failures: Int64) -> Timestamp {
        let own = backoff.next(attempt: Int(clamping: failures), random: random)
        let delay = max(after ?? .zero, own)
        return clock.now().advanced(byNanoseconds: Int64(delay / .nanoseconds(1)))
    }
}

// MARK: - Erasures

extension UploadRound {
    private func sendErasures(_ summary: inout UploadSummary) throws {
        let due = try outbox.dueErasures()
        guard !due.isEmpty else { return }
        summary.erasuresBlocked = outbox.erasuresBlocked
        guard summary.erasuresBlocked.isEmpty else { return }
        let start = clock.uptimeNanoseconds()
        for erasure in due.prefix(Self.erasuresMax) {
            let used = Duration.nanoseconds(clock.uptimeNanoseconds() - start)
            guard used < Self.erasuresTimeMax else { return }
            let isCancelled = try send(
                erasure, within: Self.erasuresTimeMax - used, &summary)
            if isCancelled { return summary.ending = .interrupted }
        }
    }

    /// Sends one request for erasure, over a connection of its own; true when it was cancelled.
    private func send(
        _ erasure: PendingErasure, within time: Duration, _ summary: inout UploadSummary
    ) throws -> Bool {
        guard let endpoint = Endpoint(erasure.url) else {
            summary.note("an erasure has no usable address", hint: "check telemetry.erasure_url")
            return false
        }
        let request = UploadRequest(
            url: endpoint, method: "DELETE",
            headers: [
                UploadHeader("User-Agent", outbox.userAgent),
                UploadHeader("Authorization", "Bearer \(erasure.secret)"),
            ], limits: UploadLimits(connectTimeout: time, wholeTimeout: time))
        let outcome = makeTransport().perform(request)
        if case .failed(let failure) = outcome, failure.kind == .cancelled { return true }
        try settle(erasure, outcome, origin: endpoint.origin, &summary)
        return false
    }

    private func settle(
        _ erasure: PendingErasure, _ outcome: TransferOutcome, origin: String,
        _ summary: inout UploadSummary
    ) throws {
        switch ErasureVerdict.judge(outcome, now: clock.now()) {
        case .done:
            try outbox.settled(erasure)
            summary.erasuresDone += 1
        case .unsupported:
            try outbox.settled(erasure, isSupported: false)
            summary.erasuresUnsupported += 1
            summary.note(
                "\(origin): erasure is not supported there",
                hint: "ask whoever runs the server how to have the data of an installation erased")
        case .retryLater(let after, let reason):
            let time = nextAttempt(after: after, failures: erasure.attempts + 1)
            try outbox.retry(erasure, notBefore: time)
            summary.note(
                "\(origin): the erasure is not confirmed: \(reason)",
                hint: "it stays pending; the next attempt is due at \(time.rfc3339)")
        }
    }
}

extension UploadSummary {
    fileprivate mutating func note(_ text: String, hint: String) {
        problems.append(Problem(text: text, hint: hint))
    }

    fileprivate mutating func took(_ batch: SealedBatch, rejected: Int64) {
        let rejected = min(rejected, batch.events)
        batchesSent += 1
        bytesSent += Int64(batch.body.count)
        eventsSent += batch.events - rejected
        eventsRejected += rejected
    }
}

extension TransferOutcome {
    /// How the transfer ended, for a person and for the record: lower-case, no full stop.
    fileprivate var answer: String {
        switch self {
        case .answered(let response): RefusalReason.status(response.status).description
        case .failed(let failure): failure.text
        }
    }
}
