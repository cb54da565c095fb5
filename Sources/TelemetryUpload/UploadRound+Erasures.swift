// SPDX-License-Identifier: Apache-2.0

#if Upload
import Modules
import Telemetry

extension UploadRound {
    /// The requests for erasure that this round is to send; none where a cause forbids that. A list
    /// that can't be read has none, and is the caller's to tell.
    ///
    /// - Parameters:
    ///   - isAskedFor: a person waits for it.
    ///   - isAlone: no batch is meant.
    func dueErasures(
        isAskedFor: Bool, isAlone: Bool, _ summary: inout UploadSummary
    ) -> [PendingErasure] {
        guard let pending = try? outbox.pendingErasures() else { return [] }
        let due = outbox.asked(pending, isAskedFor: isAskedFor, isAlone: isAlone)
        guard !due.isEmpty else { return [] }
        summary.erasuresBlocked = outbox.erasuresBlocked
        return summary.erasuresBlocked.isEmpty ? due : []
    }

    /// Sends requests for erasure, for as long as they may take together.
    func send(_ due: [PendingErasure], _ summary: inout UploadSummary) throws {
        let start = clock.uptimeNanoseconds()
        let time = min(Self.erasuresTimeMax, timeLeft)
        var patient: Set<String> = []
        for erasure in due where !patient.contains(erasure.origin) {
            let used = Duration.nanoseconds(clock.uptimeNanoseconds() - start)
            guard used < time else { return }
            guard !outbox.isReconfigured else { return summary.ending = .reconfigured }
            switch try send(erasure, within: time - used, &summary) {
            case .told: break
            case .patience: patient.insert(erasure.origin)
            case .cancelled: return summary.ending = .interrupted
            }
        }
    }

    /// What became of a request for erasure.
    private enum Sent {
        /// It is noted.
        case told
        /// It is noted, and the server asks for patience.
        case patience
        case cancelled
    }

    /// Sends one request for erasure, over a connection of its own.
    private func send(
        _ erasure: PendingErasure, within time: Duration, _ summary: inout UploadSummary
    ) throws -> Sent {
        try outbox.begin(erasure)
        guard let endpoint = Endpoint(erasure.url) else {
            // Later, so that it does not stand before those that can be asked for.
            let time = retry.nextAttempt(
                failures: erasure.attempts + 1, asked: nil, now: clock.now(), random)
            try outbox.retry(erasure, notBefore: time, hasLeft: false)
            summary.erasuresTried += 1
            summary.note(
                "an erasure has no usable address", hint: "check telemetry.erasure_url")
            return .told
        }
        let request = UploadRequest(
            url: endpoint, method: "DELETE",
            headers: [
                UploadHeader("User-Agent", settings.userAgent),
                UploadHeader("Authorization", "Bearer \(erasure.secret)"),
            ], limits: UploadLimits(connectTimeout: time, wholeTimeout: time),
            caFile: settings.caFile, proxy: settings.proxy(to: endpoint))
        let outcome = makeTransport().perform(request)
        summary.erasuresTried += 1
        if outcome.mayHaveLeft {
            summary.erasuresLeft += 1
            if !erasure.hasLeft { summary.firstErasuresLeft += 1 }
        }
        if case .failed(let failure) = outcome, failure.kind == .cancelled { return .cancelled }
        return try settle(erasure, outcome, of: request, &summary)
    }

    private func settle(
        _ erasure: PendingErasure, _ outcome: TransferOutcome, of request: UploadRequest,
        _ summary: inout UploadSummary
    ) throws -> Sent {
        switch ErasureVerdict.judge(outcome, now: clock.now()) {
        case .done:
            try outbox.settled(erasure)
            summary.erasuresDone += 1
        case .unsupported:
            try outbox.settled(erasure, isSupported: false)
            summary.erasuresUnsupported += 1
            summary.note(
                "\(request.url.origin): erasure is not supported there",
                hint:
                    "ask whoever runs the server how to have the data of an installation erased"
            )
        case .retryLater(let after, let reason):
            let time = retry.nextAttempt(
                failures: erasure.attempts + 1, asked: after, now: clock.now(), random)
            try outbox.retry(
                erasure, notBefore: time, wish: after.map { retry.wish($0, now: clock.now()) },
                hasLeft: outcome.mayHaveLeft)
            summary.note(
                "\(outcome.place(on: request)): the erasure is not confirmed: \(reason)",
                hint: outcome.hint(
                    for: request, "it stays pending; the next attempt is due at \(time.rfc3339)"))
            if after != nil { return .patience }
        }
        return .told
    }
}
#endif
