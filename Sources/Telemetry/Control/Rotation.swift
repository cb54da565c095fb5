// SPDX-License-Identifier: Apache-2.0

import JSON
import Modules
import SQLite

/// What a change of identifier did.
public struct RotationOutcome: Sendable, Equatable {
    /// How many batches, which bore the old identifier, were deleted here.
    public internal(set) var batches: Int64 = 0
    /// How many events waited to be sent; they stay here to be seen, and are never sent.
    public internal(set) var keptEvents: Int64 = 0
    /// How many events were on their way, or sent without an answer: what of them arrived bears the
    /// old identifier, and is erased with it. They stay here to be seen, and are not sent again.
    public internal(set) var begunEvents: Int64 = 0
    /// Whether something was sent under the old identifier, so that the collector is asked to
    /// erase it.
    public internal(set) var erasureRequested: Bool = false
    /// Why some of what was sent under it, or may have been, can't be erased.
    public internal(set) var unerasable: Unerasable = []
    /// Whether the identifier had ended before, and only the rest was done.
    var isRest = false
    /// Whether that left events here that were not sent.
    var restStays = false

    /// No change.
    static let nothing = RotationOutcome()

    /// What it did in the place of a deletion, in words.
    var endOfDeletion: String {
        "delete-data is done now: the identifier that could not be read then has ended" + erasure
    }

    /// What it did, in words, where another one ends it than who asked for it.
    var lateEnd: String {
        let kept = keptEvents == 1 ? " (1 event)" : " (\(keptEvents) events)"
        // Of an earlier run neither how many there were is known, nor who asked for it: a deletion
        // leaves none.
        let what = isRest ? "a change of identifier" : "rotate-id"
        return "\(what) is done now: the identifier that stood then has ended"
            + (restStays || keptEvents > 0
                ? ", what waited\(keptEvents > 0 ? kept : "") stays here and never leaves" : "")
            + erasure
    }

    private var erasure: String {
        unerasable.end(requested: erasureRequested, sent: "what was sent under it")
    }
}

extension TelemetryControl {
    /// Gives the installation a new identifier and a new secret, and keeps the request that the
    /// collector erase what it has under the old one; `TelemetryUploader.run` sends that.
    ///
    /// All batches are deleted, since they bear the old identifier; recorded events stay to be
    /// seen, and those that waited are never sent. Throws if there is no identifier or it can't be
    /// read, or, with the intent kept for the next process, if something is in the way.
    public func rotateID() throws -> RotationOutcome {
        try refuseUnread()
        guard gate.read().state.record?.installationID != nil else {
            throw TelemetryError(
                .blocked, "there is no installation identifier to change",
                hint: "one is made when you agree: \(product.name) telemetry enable")
        }
        if let problem = gate.folderProblem {
            throw TelemetryError(
                .blocked, "the identifier is not changed, it may be another home's: \(problem)",
                hint: "if the data is yours, agree to it here: \(product.name) telemetry enable")
        }
        try directory.prepare(seams)
        return try changing {
            do {
                return try rotateLocked()
            } catch {
                guard (try? isChangeBegun) == true else { throw error }
                throw unendedChange(error)
            }
        }
    }

    private func rotateLocked() throws -> RotationOutcome {
        try finishIntentsLocked()
        guard let id = gate.read().state.record?.installationID else { return .nothing }
        try usingReserve {
            // What can't be begun leaves no intent.
            _ = try Store.open(directory, seams)
            try seams.files.replace(directory.rotationIntent, with: Array(id.utf8))
        }
        return try usingReserve { try finishRotationLocked() }
    }

    /// Whether a change of identifier has begun that is none of a deletion: whoever comes next does
    /// the rest.
    var isChangeBegun: Bool {
        get throws {
            let intent = try intended(directory.rotationIntent)
            return intent != nil && intent != Self.anyIdentifier
        }
    }

    /// Says that who tries again would change the identifier a second time.
    private func unendedChange(_ error: any Error) -> TelemetryError {
        let hint = "the next command finishes the change of identifier, once nothing is in its way"
        guard let known = error as? TelemetryError else {
            return TelemetryError(.storage, "\(error)", hint: hint)
        }
        let isWait = known.code == .busy
        return TelemetryError(
            known.code, known.description, hint: isWait ? hint : "\(known.hint); \(hint)")
    }

    /// Does all of a change whose intent is kept; it may be done twice. One that a deletion left,
    /// which could not read the identifier, is told once it is done.
    @discardableResult
    func finishRotationLocked() throws -> RotationOutcome {
        guard let intent = try intended(directory.rotationIntent) else { return .nothing }
        let isOfDeletion = intent == Self.anyIdentifier
        if isOfDeletion, let error = gate.read().state.recordError { throw unfinished(error) }
        try refuseUnread()
        if try isMissed(directory.rotationIntent) { return .nothing }
        try erasureList.setDamagedAside()
        let pending = try erasureList.all().map(\.url)
        let former = try isOfDeletion && requestFormerErasures()
        let id = try named(directory.rotationIntent) ?? []
        var outcome = try finishRotation(of: id, beside: pending)
        let isAsked = try outcome.isRest && erasureList.asks(for: id)
        outcome.erasureRequested = outcome.erasureRequested || former || isAsked
        if isOfDeletion {
            tellEndOfUnread(requested: outcome.erasureRequested, outcome.unerasable)
        }
        return outcome
    }

    private func finishRotation(
        of id: [UInt8], beside pending: [String]
    ) throws -> RotationOutcome {
        var outcome = RotationOutcome.nothing
        var isCounted = false
        try Store.using(directory, seams) { store in
            keepUnerasable(of: id, in: store)
            try store.database.transaction {
                let state = gate.read().state
                try refuseUnread(state)
                // With another identifier this was done before.
                outcome.isRest = Array((state.record?.installationID ?? "").utf8) != id
                outcome.unerasable =
                    try outcome.isRest ? Unerasable.kept(in: store) : unerasable(store, state)
                let isNoted = try outcome.isRest && Unerasable.isNoted(in: store)
                if !outcome.unerasable.isEmpty, !isNoted {
                    try ledger(of: store).append(.erasureImpossible(outcome.unerasable))
                }
                try outcome.unerasable.keep(in: store, isNoted: true)
                if outcome.isRest { return }
                // An earlier run may have ended where the page was off for a moment: how much
                // waited is not known any more.
                isCounted = state.epoch != nil || state.record?.isGiven != true
                let begun = try state.epoch.map { try store.begunEvents(epoch: $0) } ?? 0
                outcome.begunEvents = begun
                outcome.keptEvents = try waiting(store, state) - begun
                outcome.erasureRequested = try requestErasure(state)
                try renew(state)
            }
            outcome.batches = try store.database.transaction {
                try forgetIdentifier(id, store, beside: pending)
            }
            try truncateLog(store)
            let unsent = "SELECT count(*) FROM events WHERE \(Store.isUnanswered)"
            outcome.restStays = try !isCounted && store.database.integer(unsent) != 0
            for path in [directory.damagedStore, directory.rotationIntent] {
                try seams.files.remove(path)
            }
            // From here on nobody goes on: whoever has done this tells it.
            try? Unerasable().keep(in: store)
        }
        return outcome
    }

    /// Removes all batches, and tells of it. Losses that were not told yet are not told under the
    /// new identifier.
    private func forgetIdentifier(
        _ id: [UInt8], _ store: Store, beside pending: [String]
    ) throws -> Int64 {
        let ledger = ledger(of: store)
        let epoch = Int64(gate.read().state.record?.epoch ?? 0)
        try voidBatches(store)
        let batches = try store.database.integer("SELECT count(*) FROM batches") ?? 0
        try store.database.execute(
            """
            UPDATE events SET epoch = 0,
                batch = CASE WHEN \(Store.isUnanswered) THEN NULL ELSE \(Store.answeredBefore) END
            """)
        try store.database.execute("DELETE FROM batches")
        // Nothing of the identifier that ended has a turn before its erasure.
        if try isTurnOfBatches(store) { try memory(of: store).keep(apart: nil) }
        try store.leaveLossesUntold(before: UInt32(truncatingIfNeeded: epoch))
        guard try ledger.last(of: .idRotated)?.detail["epoch"]?.integerValue != epoch else {
            return batches
        }
        try ledger.append(.idRotated(epoch: epoch))
        // Earlier ones stand in the ledger already.
        try notePending(in: ledger) {
            Array($0.installationID.utf8) == id || !pending.contains($0.url)
        }
        return batches
    }
}
