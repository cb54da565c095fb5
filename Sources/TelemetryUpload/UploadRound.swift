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

    /// A moment of a batch.
    package enum BatchMoment {
        /// One is about to begin, and none has left: what is kept apart from it is so now.
        case isMeant
        /// Its first byte is about to leave.
        case begins
    }

    /// What holds for batches, which leave from another folder of the same home.
    package struct BatchesElsewhere {
        /// When they are due; nil where none may be sent.
        package let batchesAt: Timestamp?
        /// Until when they are kept away from what is asked for here; nil where nothing was drawn.
        package let apartUntil: Timestamp?
        /// Whether that folder knows what is asked for here, and keeps them away from it.
        package let isHeeded: Bool

        /// Describes them; without any, their folder can't be told what is asked for here.
        package init(
            batchesAt: Timestamp? = nil, apartUntil: Timestamp? = nil, isHeeded: Bool = false
        ) {
            self.batchesAt = batchesAt
            self.apartUntil = apartUntil
            self.isHeeded = isHeeded
        }
    }

    /// What stands when a round begins.
    struct Before {
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
    let timeMax: Duration?
    private let start: Int64
    let isApart: Bool
    let progress: (UploadSummary) -> Void
    let onBatch: (BatchMoment) -> Void
    let elsewhere: BatchesElsewhere?
    let whileSending: (BatchStanding, () -> TransferOutcome) -> TransferOutcome

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
    ///   - onBatch: is told of each moment of a batch.
    ///   - elsewhere: what holds for batches; nil where they leave from this folder.
    ///   - whileSending: performs the transfer of a batch, which it may have cancelled once what
    ///     the batch rests on has ended.
    ///   - makeTransport: makes a transport without any connection; one serves all batches, and
    ///     each request for erasure has one of its own, so that a server can't tell by the
    ///     connection what belongs together.
    package init(
        outbox: Outbox, clock: any WallClock, random: any RandomSource,
        isAskedFor: Bool = false, timeMax: Duration? = nil, isApart: Bool = false,
        progress: @escaping (UploadSummary) -> Void = { _ in },
        onBatch: @escaping (BatchMoment) -> Void = { _ in }, elsewhere: BatchesElsewhere? = nil,
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
        self.onBatch = onBatch
        self.elsewhere = elsewhere
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
                if !isAskedFor { waitForBatches(&summary) }
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

    /// What is asked for again, and can't be put off, is asked for now.
    private func waitForBatches(_ summary: inout UploadSummary) {
        let time = elsewhere == nil ? outbox.batchesAt : elsewhere?.batchesAt
        guard let batchesAt = time else { return }
        noting(&summary) { () throws(TelemetryError) in
            try outbox.wait(forBatchesAt: batchesAt)
        }
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
            try ask(isAskedFor, isAlone: true, &summary)
        }
    }

    /// Sends requests for erasure, and keeps batches apart from those that left. That one can't be
    /// noted keeps no batch back.
    private func ask(_ isAskedFor: Bool, isAlone: Bool, _ summary: inout UploadSummary) throws {
        let due = dueErasures(isAskedFor: isAskedFor, isAlone: isAlone, &summary)
        guard !due.isEmpty else { return }
        let before = summary
        let away = try keepBatchesAway(due, isAskedFor, &summary)
        do {
            try send(due, &summary)
        } catch {
            let known = error as? TelemetryError
            summary.note(
                "a request for erasure could not be noted: \(known?.description ?? "\(error)")",
                hint: known?.hint ?? "it stays pending")
        }
        let hasLeft = summary.erasuresLeft > before.erasuresLeft
        guard let away else {
            // What could not be noted before may be now.
            if hasLeft { _ = try keepBatchesAway(due, isAskedFor, &summary) }
            return
        }
        putBack(
            away, hasLeft: hasLeft,
            isFirst: summary.firstErasuresLeft > before.firstErasuresLeft, &summary)
    }

    private func putBack(
        _ away: BatchesAway, hasLeft: Bool, isFirst: Bool, _ summary: inout UploadSummary
    ) {
        do {
            try outbox.putBack(away, hasLeft: hasLeft, isFirst: isFirst)
        } catch {
            // They wait longer than they need.
            summary.note("batches are kept away: \(error)", hint: "status tells until when")
        }
    }

    /// Where that can't be noted, none is asked for, unless a person waits, beside whose requests
    /// no batch goes, or there is no room, in which no batch begins.
    private func keepBatchesAway(
        _ due: [PendingErasure], _ isAskedFor: Bool, _ summary: inout UploadSummary
    ) throws -> BatchesAway? {
        let isFirst = due.contains { !$0.hasLeft }
        if elsewhere?.isHeeded == true, !isFirst { return nil }
        do {
            // What the folder of the batches does not know of is to be found here.
            if elsewhere?.isHeeded == false { try outbox.forgetTurn() }
            return try outbox.keepBatchesAway(isFirst: isFirst, until: elsewhere?.apartUntil)
        } catch  where isAskedFor || TelemetryControl.isFull(error) {
            summary.note("batches can't be kept away: \(error)", hint: "make room, or try again")
            return nil
        }
    }
}
#endif
