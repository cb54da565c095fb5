// SPDX-License-Identifier: Apache-2.0

import Glibc
package import Modules
import SQLite

/// Batches and requests for erasure are kept hours apart: beside each other they would tell that
/// the identifier that ended and the one that stands are of one installation.
///
/// Whichever leaves keeps the other kind away for a time that is drawn. Of those that leave again
/// and again neither keeps the other away a second time before that one had its turn, so that none
/// waits for ever.
extension Outbox {
    private static let nanosecondsPerHour: Int64 = 3_600_000_000_000
    private static let hoursMin: Int64 = 1
    private static let hoursMax: Int64 = 6

    /// The latest time that is taken for one that was drawn to keep something apart: twice as far
    /// as any is, since the clock may have been set back.
    static func apartLatest(_ now: Timestamp) -> Timestamp {
        now.advanced(byNanoseconds: 2 * hoursMax * nanosecondsPerHour)
    }

    /// Until when batches and erasures may have to be kept apart from what left before `time`.
    static func unseenEnd(_ time: Timestamp) -> Timestamp {
        time.advanced(byNanoseconds: hoursMax * nanosecondsPerHour)
    }

    /// When that left of which `unseenEnd` is the end.
    static func unseenStart(_ end: Timestamp) -> Timestamp {
        end.advanced(byNanoseconds: -hoursMax * nanosecondsPerHour)
    }

    /// Draws until when to keep something apart.
    static func drawApart(_ now: Timestamp, _ random: some RandomSource) -> Timestamp {
        let range = (hoursMax - hoursMin) * nanosecondsPerHour
        let offset = Int64(random.uniform(below: UInt64(range)))
        return now.advanced(byNanoseconds: hoursMin * nanosecondsPerHour + offset)
    }

    /// Keeps batches away for hours, drawn, before requests for erasure leave: whatever ends this
    /// process must bring no batch beside one. Who types an upload sends them meanwhile.
    ///
    /// - Parameters:
    ///   - isFirst: whether one of them never left. Those that are asked for again keep no batch
    ///     away that was kept away, and is still or is due and has not gone yet.
    ///   - drawn: the time, where it was drawn already.
    package func keepBatchesAway(
        isFirst: Bool, until drawn: Timestamp? = nil
    ) throws -> BatchesAway? {
        let (before, batchesAt) = (try memory.apart(), batchesAt)
        let had = before.map { $0 > now || batchesAt.map { $0 <= now } ?? false } ?? false
        guard isFirst || !had else { return nil }
        let time = drawn ?? Self.drawApart(now, gate.seams.random)
        let until = before.map { max($0, time) } ?? time
        try memory.keep(apart: until)
        return BatchesAway(
            before: before, until: until, had: had, epoch: gate.read().state.epoch)
    }

    /// Forgets that batches were kept away where that is over: they leave from another folder.
    package func forgetTurn() throws {
        if let time = try memory.apart(), time <= now { try memory.keep(apart: nil) }
    }

    /// Has batches be due as they were, if nothing left; or if nothing did for the first time, and
    /// they were kept away before. Of an identifier that ended meanwhile no turn comes back.
    package func putBack(_ away: BatchesAway, hasLeft: Bool, isFirst: Bool) throws {
        guard !hasLeft || !isFirst && away.had, try memory.apart() == away.until else { return }
        let isSame = gate.read().state.epoch == away.epoch
        try memory.keep(apart: isSame ? away.before : away.before.flatMap { $0 > now ? $0 : nil })
    }

    /// When the next round of batches is due; nil where none may be sent.
    package var batchesAt: Timestamp? {
        // What can't be read now is told by the round of the batches.
        Gate.causes(blocking: .sending, gate.read().facts).isEmpty ? try? dueAt() : nil
    }

    /// Puts off requests for erasure that left before and would again within the hour before
    /// batches are due: they go then, or follow the batches.
    package func wait(forBatchesAt batchesAt: Timestamp) throws(TelemetryError) {
        guard batchesAt > now,
            batchesAt < now.advanced(byNanoseconds: Self.nanosecondsPerHour),
            try erasureList.all().contains(where: { $0.hasLeft && $0.isDue(at: now) })
        else { return }
        try erasureList.update { all in
            for index in all.indices where all[index].hasLeft && all[index].isDue(at: now) {
                all[index].putOff(until: batchesAt, now)
            }
        }
    }

    /// Whether batches that were kept away have their turn, before any erasure.
    package func isTurnOfBatches() throws -> Bool {
        guard Gate.causes(blocking: .sending, gate.read().facts).isEmpty else { return false }
        return try memory.apart().map { $0 <= now } ?? false
    }

    /// Until when batches are kept away from whoever does not type an upload; nil if they are not.
    package func apartUntil() throws -> Timestamp? {
        try memory.heldUntil().flatMap { $0 > now ? $0 : nil }
    }

    /// When the next round of batches is due.
    package func dueAt() throws -> Timestamp {
        let agenda = try memory.agenda(epoch: gate.read().state.epoch ?? 0)
        return agenda.batchesAt ?? now
    }

    /// Notes that a batch has left: the turn of those that were kept away is over.
    package func noteBatchLeft() throws { try memory.keep(apart: nil) }

    /// Keeps some erasures away for hours, drawn, since batches go. Returns those that were not
    /// kept away before, as they were.
    package func keepAway(
        _ erasures: [PendingErasure]
    ) throws(TelemetryError) -> [ErasureAway] {
        try erasureList.keepAway(erasures, until: Self.drawApart(now, gate.seams.random), now)
    }

    /// Has erasures that were kept away be due as they were, since no batch found a way out.
    package func putBack(_ erasures: [ErasureAway]) throws(TelemetryError) {
        try erasureList.putBack(erasures)
    }
}

/// A request for erasure that was kept away.
package struct ErasureAway {
    let url: String
    /// When it was due before.
    let before: Timestamp
}

/// How batches were kept away before requests for erasure were asked for.
package struct BatchesAway {
    let before: Timestamp?
    /// Until when they are since.
    package let until: Timestamp
    /// Whether they were kept away, and are still or are due and have not gone yet.
    let had: Bool
    /// The epoch of their identifier.
    let epoch: UInt32?
}

extension TelemetryControl {
    /// Whether an error may be none at the next look: another process has the store, or there is no
    /// room.
    package static func mayPass(_ error: any Error) -> Bool {
        switch error {
        case let error as SQLiteError: error.mayPass
        case let error as TelemetryError: error.code == .busy
        case let error as SystemError: [ENOSPC, EIO, EDQUOT, SystemError.busy].contains(error.code)
        default: false
        }
    }

    /// Whether an error says that another process has the store locked.
    package static func isBusy(_ error: any Error) -> Bool {
        (error as? SQLiteError)?.isBusy == true
    }

    /// What to do where an error says that the machine gives a store too little; else nil.
    package static func shortageHint(_ error: any Error) -> String? {
        guard let error = error as? SQLiteError else { return nil }
        if error.isReadOnly {
            return "let the store's files be written, by their modes or by how their file system "
                + "is mounted, then try again"
        }
        return SystemError(code: error.systemCode, call: "open").shortageHint
    }

    /// Whether an error says that there is no room.
    package static func isFull(_ error: any Error) -> Bool {
        switch error {
        case let error as SQLiteError: error.isFull
        case let error as SystemError: [ENOSPC, EDQUOT].contains(error.code)
        default: false
        }
    }

    /// Whether an erasure is due, for whoever waits or for nobody, that never left.
    package func hasFreshErasures(isAskedFor: Bool) -> Bool {
        let now = seams.clock.now()
        return (try? erasureList.all())?
            .contains { !$0.hasLeft && $0.isDue(at: now, isAskedFor: isAskedFor) } ?? false
    }

    /// Keeps what is still to be erased from here away for hours, drawn, since batches go from
    /// another folder of the same home. Returns what was not kept away before, as it was.
    package func keepErasuresAway() throws(TelemetryError) -> [ErasureAway] {
        let now = seams.clock.now()
        return try erasureList.keepAway(
            erasureList.all(), until: Outbox.drawApart(now, seams.random), now)
    }

    /// Has erasures that were kept away be due as they were, since no batch found a way out.
    package func putBack(_ erasures: [ErasureAway]) throws(TelemetryError) {
        try erasureList.putBack(erasures)
    }

    /// Until when batches of this home wait, since an erasure left from this folder; nil if they
    /// do not, as where no store is.
    package func apartUntil() throws -> Timestamp? {
        guard !isForeign, try seams.files.status(of: directory.store) != nil,
            let store = try openStore(), let time = try memory(of: store).apart()
        else { return nil }
        return time > seams.clock.now() ? time : nil
    }

    /// Keeps batches away at least until then, since an erasure left from another folder of the
    /// same home.
    package func keepBatchesAway(until time: Timestamp) throws {
        guard !isForeign, let store = try openStore() else { return }
        let memory = memory(of: store)
        if let known = try memory.apart(), known >= time { return }
        try store.database.transaction {
            // Another one may have been noted meanwhile.
            let known = try memory.apart()
            try memory.keep(apart: known.map { max($0, time) } ?? time)
        }
    }
}

extension TelemetryControl {
    /// Keeps batches away while an erasure may have left a moment ago from another folder of the
    /// same home, which can't be read: as long as any is kept apart, since that was first found.
    /// From then on nothing can have left from there, whose requests can't be read either.
    ///
    /// - Parameter isUnseen: whether there is such a folder now; where none is, that is forgotten.
    package func keepBatchesAway(isUnseen: Bool) throws {
        guard !isForeign, let store = try openStore() else { return }
        let memory = memory(of: store)
        let known = try memory.unseenSince()
        let since = isUnseen ? known ?? seams.clock.now() : nil
        if since != known { try memory.keep(unseenSince: since) }
    }
}

extension ErasureList {
    /// Keeps some erasures away until then, but for those that were kept away and not asked for
    /// since. Of these go with the others which were due when batches went, and could not be told.
    func keepAway(
        _ erasures: [PendingErasure], until time: Timestamp, since went: Timestamp? = nil,
        _ now: Timestamp
    ) throws(TelemetryError) -> [ErasureAway] {
        guard !erasures.isEmpty else { return [] }
        let urls = erasures.map(\.url)
        var kept: [ErasureAway] = []
        try update { all in
            for index in all.indices where urls.contains(all[index].url) {
                let hadTurn = went.map { all[index].isDue(at: $0) } ?? false
                guard !all[index].wasKeptAway || hadTurn else { continue }
                let before = all[index].nextAttemptAt
                all[index].putOff(until: time, now)
                all[index].wasKeptAway = true
                kept.append(ErasureAway(url: all[index].url, before: before))
            }
        }
        return kept
    }

    /// Those that somebody asked for meanwhile stay as that left them.
    fileprivate func putBack(_ kept: [ErasureAway]) throws(TelemetryError) {
        guard !kept.isEmpty else { return }
        try update { all in
            for index in all.indices where all[index].wasKeptAway {
                guard let away = kept.first(where: { $0.url == all[index].url }) else { continue }
                // A server may have asked for patience with all that it is to be asked.
                all[index].nextAttemptAt = max(away.before, all[index].wish ?? away.before)
                all[index].wasKeptAway = false
            }
        }
    }
}
