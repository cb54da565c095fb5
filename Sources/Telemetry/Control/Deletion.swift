// SPDX-License-Identifier: Apache-2.0

import Modules
import SQLite

extension TelemetryControl {
    /// Deletes everything that was recorded in this home, and keeps the request that the collector
    /// do the same. Nothing here reaches a network: `TelemetryUploader.run` sends the request, and
    /// again until it is confirmed.
    ///
    /// Consent stays as it is; the installation gets a new identifier. Throws, with the intent
    /// kept for the next process, if something is in the way: where what was decided can't be read,
    /// all is deleted but the identifier, which ends as soon as it can be read.
    @discardableResult
    public func deleteData() throws -> DeletionOutcome {
        var isBegun = false
        return try deleteData(noting: &isBegun)
    }

    /// The same.
    ///
    /// - Parameter isBegun: where this throws, whether all that was here is deleted, or will be by
    ///   whoever ends what this run left. What an earlier deletion did or left is none of that.
    package func deleteData(noting isBegun: inout Bool) throws -> DeletionOutcome {
        guard try seams.files.status(of: directory.path) != nil else {
            return DeletionOutcome(
                events: 0, bytesLeft: 0, erasureRequested: false, unerasable: [])
        }
        try directory.prepare(seams)
        return try changing {
            let tally = try deleteLocked(noting: &isBegun)
            forgetTally()
            return try outcome(of: tally)
        }
    }

    /// All of a deletion, and of one that was begun before. What it did is still to be told.
    func deleteLocked(noting isBegun: inout Bool) throws -> DeletionTally {
        try removeUnreadableIntents()
        let goesOn = try isDeletionBegun
        // Whoever ends an earlier one from now on deletes what is here now.
        isBegun = try intended(directory.deletionIntent) != nil
        let before = try finishDeletionLocked()
        let events = try countAll(goingOn: goesOn)
        let state = gate.read().state
        let isKnown = try state.recordError == nil && !isMissed(directory.rotationIntent)
        let id = isKnown ? Array((state.record?.installationID ?? "").utf8) : Self.anyIdentifier
        try makingRoom { try seams.files.replace(directory.deletionIntent, with: id) }
        isBegun = true
        let tally = try finishDeletionLocked()
        return DeletionTally(
            events: max(tally.events, before.events + events),
            requested: tally.requested || before.requested,
            unerasable: tally.unerasable.union(before.unerasable))
    }

    /// How many erasures no collector has confirmed; nil where their list can't be read.
    package var pendingErasures: Int64? {
        isForeign ? 0 : (try? erasureList.all()).map { Int64($0.count) }
    }

    /// Finishes a deletion or a change of identifier that was cut short.
    func finishDeletion() throws {
        for intent in [directory.deletionIntent, directory.rotationIntent]
        where try seams.files.status(of: intent) != nil {
            // In somebody else's folder it is theirs to finish.
            try directory.check(seams)
            let wasHeldUp = seams.vainWaits.wasInVain(for: directory.changeLock)
            try changing(within: wasHeldUp ? 0 : Self.lockMilliseconds) {
                try finishIntentsLocked()
            }
        }
    }

    /// Does all of a deletion whose intent is kept; it may be done twice. Returns what was done, by
    /// whoever did it.
    func finishDeletionLocked() throws -> DeletionTally {
        guard try intended(directory.deletionIntent) != nil else { return DeletionTally() }
        var events: Int64 = 0
        return try makingRoom { try endDeletion(&events) }
    }

    /// The same where there is room.
    ///
    /// - Parameter events: how many were here before rows began to go, and are not told yet.
    private func endDeletion(_ events: inout Int64) throws -> DeletionTally {
        seams.deletionBegins()
        try erasureList.setDamagedAside()
        if let error = gate.read().state.recordError {
            try deleteBesideUnread(&events)
            throw unfinished(error)
        }
        // Whoever gives that record up tells that what was sent can't be erased.
        if try isMissed(directory.deletionIntent) { return try deleteBesideUnread(&events) }
        let id = try named(directory.deletionIntent)
        // All that a change of identifier is about is part of a deletion.
        try seams.files.remove(directory.rotationIntent)
        // Kept over a second run, which finds that the first has done this part.
        var tally = DeletionTally(requested: try requestFormerErasures())
        let isNewer = try Store.using(directory, seams, acceptingNewer: true) { store in
            let last = try ledger(of: store).head()?.number ?? 0
            keepUnerasable(of: id ?? [], in: store)
            // No sending can begin under the old identifier between the two.
            try store.database.transaction {
                let state = gate.read().state
                try refuseUnread(state)
                // With another identifier this was done before.
                guard Array((state.record?.installationID ?? "").utf8) == id else {
                    let pending = try erasureList.all().map { Array($0.installationID.utf8) }
                    tally.requested = tally.requested || pending.contains(id ?? [])
                    tally.unerasable = try Unerasable.kept(in: store)
                    return
                }
                tally.requested = try requestErasure(state) || tally.requested
                tally.unerasable = try unerasable(store, state)
                try renew(state)
            }
            tally = try wipe(store, tally, &events, heedingAnswersAfter: last)
            return store.isNewer
        }
        if isNewer { try replaceNewer() }
        return tally
    }

    /// Deletes all but the identifier, which is to be changed once it can be read.
    @discardableResult
    private func deleteBesideUnread(_ events: inout Int64) throws -> DeletionTally {
        try seams.files.replace(directory.rotationIntent, with: Self.anyIdentifier)
        let (tally, isNewer) = try Store.using(directory, seams, acceptingNewer: true) { store in
            let last = try ledger(of: store).head()?.number ?? 0
            let tally = try wipe(store, DeletionTally(), &events, heedingAnswersAfter: last)
            return (tally, store.isNewer)
        }
        if isNewer { try replaceNewer() }
        return tally
    }

    /// Puts a store of this version in the place of an empty one of a newer program, so that this
    /// program can go on, and ask for the erasure. Where the newer program runs, it does so.
    private func replaceNewer() throws {
        let paths = ["", "-wal", "-shm"].map { directory.store + $0 }
        guard let lock = try seams.files.lock(directory.storeLock),
            ProcessTable.holding(Set(paths)).isEmpty
        else { return }
        defer { withExtendedLifetime(lock) {} }
        let (entries, tally) = try Store.using(directory, seams, acceptingNewer: true) { store in
            (try ledger(of: store).rows().compactMap(\.entry), try DeletionTally.earlier(in: store))
        }
        for path in paths { try seams.files.remove(path) }
        let fresh = try Store.open(directory, seams)
        for entry in entries { try ledger(of: fresh).append(entry) }
        try tally?.keep(in: fresh)
    }

    /// Keeps what is needed to erase the identifier if sending ever began under it; whether there
    /// is anything. What another machine sent is that machine's own affair.
    func requestErasure(_ state: ConsentState) throws -> Bool {
        guard !state.isCopied, let erasures = state.record?.pendingErasures, !erasures.isEmpty
        else { return false }
        let now = seams.clock.now()
        try erasureList.update { $0.replace(with: erasures, now) }
        return true
    }

    /// Opens a new epoch with a new identifier. Off in between: if the process dies here, or
    /// somebody says no meanwhile, the answer is no.
    func renew(_ state: ConsentState) throws {
        for path in [directory.consentRecord, directory.deletionIntent, directory.rotationIntent] {
            try directory.removeUnfinished(path, seams.files)
        }
        guard let old = state.record else { return }
        let page = try ConsentPage(creating: directory.consentPage, seams.files)
        if state.consent == .given, !state.isCopied, let yes = state.page,
            try renewYes(old, page, inPlaceOf: yes)
        {
            return
        }
        try page.switchOff(above: old.epoch)
        var record = freshRecord(old.terms, isGiven: false)
        // Nobody decided anything anew.
        if !old.isGiven { record.decidedAt = old.decidedAt }
        record.epoch = max(page.state?.epoch ?? 0, old.epoch)
        try seams.files.replace(directory.consentRecord, with: record.serialized)
    }

    /// False if the page does not say any more what was read, or somebody says no in between.
    private func renewYes(
        _ old: ConsentRecord, _ page: ConsentPage, inPlaceOf yes: ConsentPage.State
    ) throws -> Bool {
        let epoch = max(yes.epoch, old.epoch) + 1
        let off = ConsentPage.State(epoch: epoch, isOn: false)
        guard try page.publish(off, inPlaceOf: yes.word) else { return false }
        var record = freshRecord(old.terms, isGiven: true)
        record.epoch = epoch
        record.decidedAt = old.decidedAt
        do {
            return try publishYes(record, on: page, inPlaceOf: off.word)
        } catch {
            let oldStands = gate.read().state.record == old
            if oldStands { _ = try page.publish(yes, inPlaceOf: off.word) }
            throw error
        }
    }

    /// Removes every recorded byte: rows, journals, write-ahead log, files set aside.
    ///
    /// - Parameters:
    ///   - known: what is known of this run.
    ///   - events: how many were here, as `endDeletion` has it.
    ///   - last: the ledger's last row before this deletion could be asked for elsewhere. An
    ///     uploader at work may have its answer already, which is told on.
    /// - Returns: what was done by this run and by earlier ones of the same deletion.
    private func wipe(
        _ store: Store, _ known: DeletionTally, _ events: inout Int64,
        heedingAnswersAfter last: Int64
    ) throws -> DeletionTally {
        try eraseJournals()
        var (run, tally) = (known, known)
        // On a full disk rows go before the transaction that tells of them can.
        events = max(events, try store.database.integer("SELECT count(*) FROM events") ?? 0)
        try store.deleting {
            try store.database.transaction {
                let ledger = ledger(of: store)
                let left = try store.database.integer("SELECT count(*) FROM events") ?? 0
                run.events = max(run.events, events, left)
                let before = try DeletionTally.earlier(in: store)
                tally = run.adding(before ?? DeletionTally())
                // This one has events to be told, also where the one before it had none.
                tally.isOfUnread = false
                // After an earlier run of this deletion it is the row that it left.
                let isRerun = before?.isEnded == false
                let first = try isRerun ? ledger.last(of: .dataDeleted)?.number : nil
                let last = first ?? last
                let unsupported = try ledger.unsupportedErasures(through: last)
                let answers = try ledger.erasureAnswers(after: last)
                let waits = store.isNewer ? nil : try memory(of: store).waits()
                for table in try store.tablesToEmpty() {
                    try store.database.execute("DELETE FROM \"\(table)\"")
                }
                if let waits { try memory(of: store).keep(waits) }
                try tally.keep(in: store)
                try ledger.append(.dataDeleted(tally.events))
                if !tally.unerasable.isEmpty {
                    try ledger.append(.erasureImpossible(tally.unerasable))
                }
                let earlier = unsupported.map { LedgerEntry.erasureNotSupported(earlierAt: $0) }
                for entry in earlier + answers.compactMap(\.entry) { try ledger.append(entry) }
                try notePending(in: ledger)
            }
        }
        events = 0
        try store.database.execute("PRAGMA incremental_vacuum")
        try truncateLog(store)
        for path in [directory.damagedStore, directory.damagedJournal, directory.deletionIntent] {
            try seams.files.remove(path)
        }
        return tally
    }

    /// Notes which erasures are pending after an identifier ended, and the consent that stands.
    func notePending(
        in ledger: Ledger, where isMeant: (PendingErasure) -> Bool = { _ in true }
    ) throws {
        for erasure in try erasureList.all() where isMeant(erasure) {
            try ledger.append(.erasure(.erasureRequested, at: erasure.url))
        }
        try ledger.noteConsent(gate.read().state)
    }

    /// Journals of ended processes go; those of live ones are cleared and go on.
    private func eraseJournals() throws {
        try LossNote(directory: directory, seams: seams).erase()
        for name in try seams.files.names(in: directory.journals)
        where name.hasSuffix(Journal.suffix) {
            let path = "\(directory.journals)/\(name)"
            if let lock = try seams.files.lock(path) {
                try seams.files.remove(path)
                withExtendedLifetime(lock) {}
            } else {
                try Journal.eraseRecords(at: path, seams)
            }
        }
    }

    /// Moves the write-ahead log into the database and cuts it to nothing. A reader that was waited
    /// for in vain is not once more, until it has gone.
    func truncateLog(_ store: Store) throws {
        let wasHeldUp = seams.vainWaits.wasInVain(for: directory.store)
        if wasHeldUp { try store.database.execute("PRAGMA busy_timeout = 0") }
        let busy = try store.database.integer("PRAGMA wal_checkpoint(TRUNCATE)")
        seams.vainWaits.note(directory.store, isInVain: busy != 0)
        guard busy != 0 else { return }
        let files = ["", "-wal", "-shm"].map { directory.store + $0 }
        let holders = ProcessTable.holding(Set(files))
        let who = ProcessTable.named(holders) ?? "another process"
        throw TelemetryError(
            .busy, "\(directory.store) is read by \(who), so old bytes remain in its log",
            hint: "this is finished by the next command once that reader is done")
    }
}
