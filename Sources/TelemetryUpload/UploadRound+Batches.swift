// SPDX-License-Identifier: Apache-2.0

#if Upload
import Modules
import Telemetry

extension UploadRound {
    /// Sends the batches, unless a request for erasure has left in this round.
    func sendRest(_ before: Before, _ summary: inout UploadSummary) throws {
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
        // Before the first byte leaves: what ends this process must not bring an erasure beside it.
        let kept = summary.batchesLeft == 0 ? keepErasuresAway(before, &summary) : []
        var mayHaveLeft = false
        defer {
            if !mayHaveLeft {
                noting(&summary) { () throws(TelemetryError) in try outbox.putBack(kept) }
            }
        }
        // Last of all, since what it rests on may have ended while all else was done.
        guard try outbox.begin(batch) else { return nil }
        onBatch(.begins)
        let outcome = whileSending(before.standing) { transport.perform(request) }
        mayHaveLeft = outcome.mayHaveLeft
        if mayHaveLeft {
            summary.batchesLeft += 1
            try outbox.noteBatchLeft()
        }
        if case .failed(let failure) = outcome, failure.kind == .cancelled {
            if try !outbox.isStillToBeSent(batch) { return try cutOff(batch, outcome, &summary) }
            if !mayHaveLeft { try outbox.takeBack(batch, answer: outcome.answer) }
            // Where the gate blocks sending by now, the next look at it says why.
            return before.standing.holds ? .interrupted : nil
        }
        return try settle(batch, outcome, of: request, &summary)
    }

    /// Keeps what was pending away from the batches that go, and returns what was not away before;
    /// they do not wait for that.
    private func keepErasuresAway(
        _ before: Before, _ summary: inout UploadSummary
    ) -> [ErasureAway] {
        onBatch(.isMeant)
        var kept: [ErasureAway] = []
        noting(&summary) { () throws(TelemetryError) in
            kept = try outbox.keepAway(before.pending)
        }
        return kept
    }

    /// What can't be noted of erasures keeps no batch back, and is told.
    func noting(
        _ summary: inout UploadSummary, _ change: () throws(TelemetryError) -> Void
    ) {
        do throws(TelemetryError) {
            try change()
        } catch {
            summary.note("an erasure could not be kept apart: \(error)", hint: error.hint)
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
            // Later than that where batches are kept apart from an erasure.
            let due = max(time, try outbox.dueAt())
            summary.retryDue = due
            summary.note(
                "\(outcome.place(on: request)): \(outcome.answer)",
                hint: outcome.hint(
                    for: request, "nothing is lost; the next attempt is due at \(due.rfc3339)"))
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
