// SPDX-License-Identifier: Apache-2.0

#if Upload
package import Modules
package import Telemetry

/// One round of uploads: every request for erasure that is due, or else every batch that is.
/// Whoever sees both at once could tell that the identifier that ended and the one that stands are
/// of one installation.
///
/// A batch is marked before its first byte leaves and after its answer came, so a crash at any
/// point leads to a resend of the same bytes at most.
package struct UploadRound {
    /// How many batches one round sends.
    package static let batchesMax = 1000
    /// How long all requests for erasure of one round may take together.
    package static let erasuresTimeMax = Duration.seconds(10)

    /// What stands when a round begins.
    private struct Before {
        let standing: BatchStanding
        /// The erasures that are pending; none where their list can't be read, which is told.
        let pending: [PendingErasure]
    }

    let outbox: Outbox
    let clock: any WallClock
    let random: any RandomSource
    let makeTransport: () -> any UploadTransport
    let retry = RetryPolicy()
    let isAskedFor: Bool
    private let timeMax: Duration?
    private let start: Int64
    private let isApart: Bool
    private let progress: (UploadSummary) -> Void
    private let onFirstBatch: () -> Void
    private let whileSending: (BatchStanding, () -> TransferOutcome) -> TransferOutcome

    var settings: TransferSettings { outbox.settings }

    /// A round over `outbox`.
    ///
    /// - Parameters:
    ///   - isAskedFor: whether a person waits for it, who need not wait out own pauses.
    ///   - timeMax: after how long the round ends at the latest, with a transfer cut off if need
    ///     be; nil bounds each transfer alone.
    ///   - isApart: whether a request for the erasure of what another folder sent has left, beside
    ///     which no batch goes.
    ///   - progress: is told how things stand after each batch.
    ///   - onFirstBatch: is called once a batch may have left.
    ///   - whileSending: performs the transfer of a batch, which it may have cancelled once what
    ///     the batch rests on has ended.
    ///   - makeTransport: makes a transport without any connection; one serves all batches, and
    ///     each request for erasure has one of its own, so that a server can't tell by the
    ///     connection what belongs together.
    package init(
        outbox: Outbox, clock: any WallClock, random: any RandomSource,
        isAskedFor: Bool = false, timeMax: Duration? = nil, isApart: Bool = false,
        progress: @escaping (UploadSummary) -> Void = { _ in },
        onFirstBatch: @escaping () -> Void = {},
        whileSending: @escaping (BatchStanding, () -> TransferOutcome) -> TransferOutcome = {
            $1()
        },
        makeTransport: @escaping () -> any UploadTransport
    ) {
        self.outbox = outbox
        self.clock = clock
        self.random = random
        self.isAskedFor = isAskedFor
        self.timeMax = timeMax
        self.isApart = isApart
        self.progress = progress
        self.onFirstBatch = onFirstBatch
        self.whileSending = whileSending
        self.makeTransport = makeTransport
        start = clock.uptimeNanoseconds()
    }

    /// What is left of the round's time.
    var timeLeft: Duration {
        guard let timeMax else { return .seconds(Int64.max / 2_000_000_000) }
        return timeMax - .nanoseconds(clock.uptimeNanoseconds() - start)
    }

    /// Performs the round. Failures of the network and refusals are in the summary; only the
    /// store's own errors are thrown.
    ///
    /// - Parameter isAlone: whether no batch is meant in another folder, where none is in this one:
    ///   erasures that failed wait out their pause else.
    package func run(erasuresOnly: Bool = false, isAlone: Bool = true) throws -> UploadSummary {
        var summary = UploadSummary(ending: .erasuresOnly)
        let before = Before(
            standing: outbox.standing, pending: (try? outbox.pendingErasures()) ?? [])
        do {
            if erasuresOnly {
                try ask(isAskedFor, isAlone: isAlone, &summary)
            } else {
                try sendAll(before, &summary)
            }
        } catch {
            try outbox.replaceStoreIfDamaged(after: error)
            throw error
        }
        if let pending = try? outbox.pendingErasures() {
            summary.erasuresPending = pending.count
            summary.erasuresNotBefore = outbox.notBefore(pending, isAskedFor: isAskedFor)
        }
        if let problem = outbox.erasureProblem {
            summary.note(problem.description, hint: problem.hint)
        }
        return summary
    }

    /// Batches that were kept away from an erasure have their turn before another one.
    private func sendAll(_ before: Before, _ summary: inout UploadSummary) throws {
        if try !outbox.isTurnOfBatches() { try ask(isAskedFor, isAlone: false, &summary) }
        if summary.ending == .erasuresOnly { try sendRest(before, &summary) }
        if [.interrupted, .reconfigured].contains(summary.ending) { return }
        if !outbox.standing.isSame(as: before.standing) {
            // What was asked for meanwhile is the erasure of what went in this same round.
            try ask(false, isAlone: false, &summary)
        } else if summary.batchesLeft == 0, summary.erasuresTried == 0 {
            // Nothing went beside which an erasure could be seen.
            try askAlone(&summary)
        }
    }

    private func askAlone(_ summary: inout UploadSummary) throws {
        try ask(isAskedFor, isAlone: true, &summary)
    }

    /// Sends requests for erasure, and keeps batches apart from those that left. That one can't be
    /// noted keeps no batch back.
    private func ask(_ isAskedFor: Bool, isAlone: Bool, _ summary: inout UploadSummary) throws {
        let before = summary
        do {
            try sendErasures(&summary, isAskedFor: isAskedFor, isAlone: isAlone)
        } catch {
            let known = error as? TelemetryError
            summary.note(
                "a request for erasure could not be noted: \(known?.description ?? "\(error)")",
                hint: known?.hint ?? "it stays pending")
        }
        guard summary.erasuresLeft > before.erasuresLeft else { return }
        try outbox.keepBatchesAway(isFirst: summary.firstErasuresLeft > before.firstErasuresLeft)
    }

    // MARK: - Batches

    /// Sends the batches, unless a request for erasure has left in this round.
    private func sendRest(_ before: Before, _ summary: inout UploadSummary) throws {
        if isApart { try outbox.keepBatchesAway(isFirst: false) }
        guard summary.erasuresLeft == 0, !isApart else {
            return summary.ending = try outbox.keepApart()
        }
        if !isAskedFor, try outbox.apartUntil() != nil {
            return summary.ending = try outbox.keepApart()
        }
        try outbox.noteRound()
        summary.ending = try sendBatches(before, &summary)
        if summary.ending == .budgetSpent { try outbox.noteBudgetSpent() }
    }

    private func sendBatches(
        _ before: Before, _ summary: inout UploadSummary
    ) throws -> UploadSummary.Ending {
        let transport = makeTransport()
        for _ in 0..<Self.batchesMax where timeLeft > .zero {
            switch try outbox.next(isAskedFor: isAskedFor) {
            case .empty: return .nothingWaits
            case .later(let time): return .waits(until: time)
            case .budgetSpent: return .budgetSpent
            case .blocked(let causes): return .blocked(causes)
            case .reconfigured: return .reconfigured
            case .held(let events): return .held(events: events)
            case .batch(let batch):
                // Nothing goes under another identifier beside what went under this one.
                guard outbox.standing.isSame(as: before.standing) else {
                    return try outbox.keepApart()
                }
                let ending = try send(batch, over: transport, before, &summary)
                progress(summary)
                if let ending { return ending }
            }
        }
        return .roundLimit
    }

    /// Sends one batch; nil when the round goes on.
    private func send(
        _ batch: SealedBatch, over transport: any UploadTransport, _ before: Before,
        _ summary: inout UploadSummary
    ) throws -> UploadSummary.Ending? {
        guard let request = request(for: batch) else {
            summary.note("a batch has no usable address", hint: "check telemetry.upload_url")
            return .failed
        }
        // What it rests on may have ended since the batch was handed out: ask again.
        guard try outbox.begin(batch) else { return nil }
        // Before the first byte leaves: what ends this process must not bring an erasure beside it.
        let kept = summary.batchesLeft == 0 ? keepErasuresAway(before, &summary) : []
        let outcome = whileSending(before.standing) { transport.perform(request) }
        if outcome.mayHaveLeft {
            summary.batchesLeft += 1
            try outbox.noteBatchLeft()
        } else {
            try outbox.putBack(kept)
        }
        if case .failed(let failure) = outcome, failure.kind == .cancelled {
            if try !outbox.isStillToBeSent(batch) { return try cutOff(batch, outcome, &summary) }
            // Where the gate blocks sending by now, the next look at it says why.
            return before.standing.holds ? .interrupted : nil
        }
        return try settle(batch, outcome, of: request, &summary)
    }

    /// Keeps what was pending away from the batches that go, and returns what was not away before;
    /// they do not wait for that.
    private func keepErasuresAway(
        _ before: Before, _ summary: inout UploadSummary
    ) -> [PendingErasure] {
        onFirstBatch()
        do {
            return try outbox.keepAway(before.pending)
        } catch {
            summary.note("an erasure could not be kept apart: \(error)", hint: error.hint)
            return []
        }
    }

    private func settle(
        _ batch: SealedBatch, _ outcome: TransferOutcome, of request: UploadRequest,
        _ summary: inout UploadSummary
    ) throws -> UploadSummary.Ending? {
        switch ResponseVerdict.judge(outcome, now: clock.now()) {
        case .accepted(let rejected, let warning):
            try outbox.accepted(batch, rejected: rejected, answer: warning ?? outcome.answer)
            summary.took(batch, rejected: rejected)
            if let warning { summary.warnings.append("\(request.url.origin): \(warning)") }
            return nil
        case .retryLater(let after):
            guard try outbox.isStillToBeSent(batch) else {
                return try cutOff(batch, outcome, &summary)
            }
            let now = clock.now()
            let time = retry.nextAttempt(
                failures: batch.attempts + 1, asked: after, now: now, random)
            try outbox.retry(
                batch, notBefore: time, wish: after.map { retry.wish($0, now: now) },
                hasLeft: outcome.mayHaveLeft, answer: outcome.answer)
            summary.batchesRetried += 1
            summary.note(
                "\(outcome.place(on: request)): \(outcome.answer)",
                hint: outcome.hint(
                    for: request, "nothing is lost; the next attempt is due at \(time.rfc3339)"))
            return .failed
        case .final(let reason):
            try outbox.refused(batch, answer: reason.code)
            summary.batchesRejected += 1
            summary.refusals[reason.code, default: 0] += 1
            summary.eventsRejected += batch.events
            summary.note(
                "\(request.url.origin): \(reason); \(batch.events) events will not be sent again",
                hint: "check telemetry.upload_url; further batches wait for the next round")
            // The next batch would meet the same refusal, and be given up as well.
            return .failed
        }
    }

    /// Notes that a batch goes no further; the round goes on with what may go now.
    private func cutOff(
        _ batch: SealedBatch, _ outcome: TransferOutcome, _ summary: inout UploadSummary
    ) throws -> UploadSummary.Ending? {
        try outbox.cutOff(batch, answer: outcome.answer)
        summary.batchesCutOff += 1
        summary.warnings.append(
            "a batch on its way was cut off and is not sent again: consent or the installation "
                + "identifier changed meanwhile")
        return nil
    }

    private func request(for batch: SealedBatch) -> UploadRequest? {
        guard let endpoint = Endpoint(batch.url) else { return nil }
        // The transfer itself adds these two, with the values that `headers` shows.
        let added = ["Host", "Content-Length"]
        let headers = batch.headers(userAgent: settings.userAgent)
            .filter { !added.contains($0.name) }
            .map { UploadHeader($0.name, $0.value) }
        let limits = UploadLimits(
            bytesPerSecondMax: settings.bytesPerSecondMax.map { Int($0) },
            deadlineMax: timeMax == nil ? nil : timeLeft)
        return UploadRequest(
            url: endpoint, method: "POST", headers: headers, body: batch.body, limits: limits,
            caFile: settings.caFile, proxy: settings.proxy(to: endpoint))
    }
}

extension UploadSummary {
    package mutating func note(_ text: String, hint: String) {
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
#endif
