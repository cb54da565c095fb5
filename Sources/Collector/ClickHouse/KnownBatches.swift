// SPDX-License-Identifier: Apache-2.0

internal import Hashing
internal import Modules

/// The key by which a resend of a batch is recognised.
struct BatchKey: Hashable {
    let installation: [UInt8]
    let service: String
    let day: Day
    /// Filled up to `ClickHouseStorage.idBytes`.
    let id: [UInt8]
}

/// What is noted of an installation.
struct InstallationNote: Equatable {
    static let secretBytes = SHA256.bytes
    static let columns = "installation, secret, since, seen"
    static let noSecret = [UInt8](repeating: 0, count: secretBytes)

    /// SHA-256 of the secret that erases it; zeros when none was announced.
    var secret: [UInt8]
    /// The day on which the secret was first known.
    var since: Day
    /// A day on which it was seen.
    var seen: Day

    var hasSecret: Bool { secret != Self.noSecret }

    /// One note of two of the same installation: the secret that was known first.
    func merged(with other: InstallationNote) -> InstallationNote {
        let isFirst =
            hasSecret
            && (!other.hasSecret
                || (since, Hex.encode(secret))
                    < (other.since, Hex.encode(other.secret)))
        var note = isFirst ? self : other
        note.seen = max(seen, other.seen)
        return note
    }
}

/// What is known of the batches of a group, and, while it is gone through, of those before.
struct KnownBatches {
    let seenDays: Int32
    var erased: Set<[UInt8]> = []
    var notes: [[UInt8]: InstallationNote] = [:]
    var keys: Set<BatchKey> = []
    /// Installations with a batch that they sealed today.
    var seenToday: Set<[UInt8]> = []
    /// The newest day that is folded: another collector, or a clock that was set back, may still
    /// send batches of it.
    var lastFolded: Day?

    /// What is to happen to a batch; it is known from now on.
    mutating func outcome(of batch: AdmittedBatch, _ hash: [UInt8]) -> BatchOutcome {
        if let lastFolded, batch.day <= lastFolded { return .closed }
        let key = BatchKey(
            installation: hash, service: batch.service, day: batch.day, id: batch.id.paddedID)
        let isErased = erased.contains(hash)
        if batch.isOverQuota { return keys.contains(key) && !isErased ? .resent() : .notAdmitted }
        if isErased { return .erased }
        let isNew = notes[hash] == nil
        if isNew, !batch.admitsNew { return .notAdmitted }
        let folded = batch.recordsFolded(by: lastFolded)
        guard keys.insert(key).inserted else { return .resent(folded: folded) }
        return .stored(isNew: isNew, folded: folded)
    }

    /// Whether a batch that is kept is the first that its installation sealed today.
    mutating func isFirst(of batch: AdmittedBatch, _ hash: [UInt8], on today: Day) -> Bool {
        batch.day == today && seenToday.insert(hash).inserted
    }

    /// What has to be noted of the installation of a batch that is kept; nil if it is known.
    mutating func note(
        of batch: AdmittedBatch, _ hash: [UInt8], on today: Day
    ) -> InstallationNote? {
        var note =
            notes[hash]
            ?? InstallationNote(secret: InstallationNote.noSecret, since: today, seen: today)
        let isKnown = notes[hash] != nil && note.seen.number >= today.number - seenDays
        var isChanged = !isKnown
        if let secret = batch.erasureKeyHash, !note.hasSecret {
            (note.secret, note.since) = (secret, today)
            isChanged = true
        }
        guard isChanged else { return nil }
        note.seen = max(note.seen, today)
        notes[hash] = note
        return note
    }
}

extension [UInt8] {
    /// Filled up with zeros to the length of a stored identifier.
    var paddedID: [UInt8] {
        let missing = Swift.max(0, ClickHouseStorage.idBytes - count)
        return prefix(ClickHouseStorage.idBytes) + [UInt8](repeating: 0, count: missing)
    }
}
