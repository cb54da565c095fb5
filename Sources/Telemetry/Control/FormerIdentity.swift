// SPDX-License-Identifier: Apache-2.0

import Modules
import SQLite

extension TelemetryControl {
    /// Ends the identifier of a no that stands here, so that the next yes has one of its own:
    /// another home may go on with this one, if the folder is a copy or was that home's.
    ///
    /// What was sent under it is not asked to be erased before somebody deletes the data here.
    package func partFromIdentity() throws {
        let now = seams.clock.now()
        try changing {
            let state = gate.read().state
            guard var record = state.record, !record.isGiven else { return }
            if !state.isCopied {
                let erasures = record.pendingErasures
                if !erasures.isEmpty {
                    try formerErasures.update { $0.replace(with: erasures, now) }
                }
            }
            (record.installationID, record.erasureSecret) = (nil, nil)
            record.sentErasureURLs = record.sentErasureURLs.filter(\.isEmpty)
            try seams.files.replace(directory.consentRecord, with: record.serialized)
        }
    }

    /// Asks for the erasure of what was sent under identifiers that stood here before; whether
    /// there is any. It may be done twice.
    func requestFormerErasures() throws -> Bool {
        try formerErasures.setDamagedAside()
        if gate.read().state.isCopied {
            try leaveFormerErasures()
            return false
        }
        let erasures = try formerErasures.all()
        guard !erasures.isEmpty else { return false }
        let now = seams.clock.now()
        try erasureList.update { $0.replace(with: erasures, now) }
        try formerErasures.update { $0 = [] }
        return true
    }

    /// Forgets the identifiers that stood in the home from which this one was copied: they are that
    /// machine's, which goes on to know how to have them erased.
    func leaveFormerErasures() throws {
        try formerErasures.setDamagedAside()
        try formerErasures.update { $0 = [] }
    }

    /// Whether something may have been sent under an identifier that can't be read, or not any
    /// more: nobody can be asked to erase that.
    func isSendingForgotten(_ state: ConsentState, _ store: Store) throws -> Bool {
        guard state.record == nil else { return false }
        let sent = """
            SELECT count(*) FROM batches
            WHERE attempts > 0 AND state NOT IN \(SealedBatch.State.reviewableList)
            """
        return try state.recordFault != nil || isMissed(directory.rotationIntent)
            || store.database.integer(sent) ?? 0 > 0
    }

    /// Whether there is something to ask for that such identifiers sent.
    var hasFormerErasures: Bool {
        get throws { try !formerErasures.all().isEmpty }
    }

    private var formerErasures: ErasureList {
        ErasureList(
            directory: directory, files: seams.files, userID: seams.userID,
            path: directory.formerErasures)
    }
}

extension ConsentRecord {
    /// The requests that would erase what was sent under the identifier; empty where nothing was,
    /// or nowhere can be asked for it.
    var pendingErasures: [PendingErasure] {
        guard let installationID, let erasureSecret else { return [] }
        return sentErasureURLs.filter { !$0.isEmpty }.map { url in
            PendingErasure(
                installationID: installationID, secret: erasureSecret,
                url: PendingErasure.url(of: installationID, below: url), attempts: 0,
                nextAttemptAt: Timestamp(nanoseconds: 0))
        }
    }
}

extension [PendingErasure] {
    /// Before when none of them may be asked for; nil where one may now, or there are none.
    func notBefore(_ now: Timestamp, isAskedFor: Bool) -> Timestamp? {
        let times = map { $0.notBefore(now, isAskedFor: isAskedFor) }
        return times.contains(nil) ? nil : times.compactMap(\.self).min()
    }

    /// Puts the requests of an identifier in the place of any that there are for it. A server that
    /// asked for patience with those that are there is left alone with these.
    mutating func replace(with erasures: [PendingErasure], _ now: Timestamp) {
        let wishes = wishes(at: now)
        let identifiers = Set(erasures.map(\.installationID))
        removeAll { identifiers.contains($0.installationID) }
        for var erasure in erasures {
            _ = erasure.heed(wishes, now)
            append(erasure)
        }
    }

    /// Until when servers asked for patience, by origin.
    func wishes(at now: Timestamp) -> [String: Timestamp] {
        reduce(into: [:]) { wishes, erasure in
            guard let wish = erasure.notBefore(now, isAskedFor: true) else { return }
            wishes[erasure.origin] = Swift.max(wishes[erasure.origin] ?? wish, wish)
        }
    }
}
