// SPDX-License-Identifier: Apache-2.0

public import JSON

/// Something that happened to a person's data or consent, as the ledger keeps it.
///
/// No entry holds an installation identifier, an erasure secret or an event.
public struct LedgerEntry: Sendable, Equatable {
    /// What happened. A word that this program does not know was written by another version.
    public enum Kind: String, Sendable, CaseIterable {
        /// Somebody said yes.
        case consentGiven = "consent_given"
        /// Somebody said no, or took a yes back.
        case consentWithdrawn = "consent_withdrawn"
        /// A new installation identifier took the place of the old one.
        case idRotated = "id_rotated"
        /// Events became the bytes of a batch.
        case batchSealed = "batch_sealed"
        /// Something was dropped from a batch in review.
        case batchReviewed = "batch_reviewed"
        /// A batch took the place of one that was reviewed.
        case batchSucceeded = "batch_succeeded"
        /// A person let a held batch go.
        case batchReleased = "batch_released"
        /// A batch will never be sent, or never again where its sending began.
        case batchVoided = "batch_voided"
        /// The first byte of a batch may have left from here on.
        case sendingBegun = "sending_begun"
        /// The collector answered, or nobody did.
        case answered
        /// Everything that was recorded was deleted, the ledger up to then too.
        case dataDeleted = "data_deleted"
        /// Events were lost since the last such entry.
        case losses
        /// The collector is to erase what it has.
        case erasureRequested = "erasure_requested"
        /// The collector erased it.
        case erasureConfirmed = "erasure_confirmed"
        /// The server does not erase.
        case erasureNotSupported = "erasure_not_supported"
        /// Something was sent, or may have been, that nobody can be asked to erase.
        case erasureImpossible = "erasure_impossible"
        /// A damaged store, with its ledger, was set aside.
        case storeReplaced = "store_replaced"
        /// Rows that were too old, or too many, were removed: up to which, and the hash of that.
        case pruned
    }

    /// What happened.
    public let kind: Kind
    /// The particulars.
    public let detail: JSONObject

    package init(_ kind: Kind, _ detail: JSONObject = [:]) {
        self.kind = kind
        self.detail = detail
    }
}

extension LedgerEntry {
    /// A yes to these terms, and the epoch that it opened or went on with.
    static func consentGiven(_ record: ConsentRecord) -> LedgerEntry {
        LedgerEntry(
            .consentGiven,
            [
                "terms": .string(record.terms.digest), "epoch": .integer(Int64(record.epoch)),
                "origin": .optional(record.terms.origin),
                "anonymize_data": .bool(record.terms.anonymizeData),
                "decided_at": .string(record.decidedAt),
            ])
    }

    /// A no.
    static func consentWithdrawn(_ record: ConsentRecord) -> LedgerEntry {
        LedgerEntry(
            .consentWithdrawn,
            [
                "epoch": .integer(Int64(record.epoch)), "decided_at": .string(record.decidedAt),
            ])
    }

    /// A batch with the digest of its body, whose bytes are those that leave.
    package static func sealed(_ batch: SealedBatch) -> LedgerEntry {
        LedgerEntry(
            .batchSealed,
            [
                "batch": .string(batch.uid), "sha256": .string(batch.sha256),
                "events": .integer(batch.events), "bytes": .integer(Int64(batch.body.count)),
                "url": .string(batch.url), "state": .string(batch.state.rawValue),
            ])
    }

    /// A batch about which there is no more to say than `kind`.
    package static func batch(_ kind: Kind, _ uid: String) -> LedgerEntry {
        LedgerEntry(kind, ["batch": .string(uid)])
    }

    /// A batch that goes no further, and why.
    static func voided(_ uid: String, because reason: String) -> LedgerEntry {
        LedgerEntry(.batchVoided, ["batch": .string(uid), "reason": .string(reason)])
    }

    /// That some of what was sent can't be erased elsewhere, and why.
    static func erasureImpossible(_ reasons: Unerasable) -> LedgerEntry {
        LedgerEntry(
            .erasureImpossible, ["reason": .string(reasons.names.joined(separator: ", "))])
    }

    /// What was dropped from a batch in review, and how many events that were.
    package static func reviewed(_ uid: String, dropped what: String, events: Int64) -> LedgerEntry
    {
        LedgerEntry(
            .batchReviewed,
            ["batch": .string(uid), "dropped": .string(what), "events": .integer(events)])
    }

    /// The batch that took the place of a reviewed one.
    package static func succeeded(_ uid: String, by successor: String) -> LedgerEntry {
        LedgerEntry(
            .batchSucceeded, ["batch": .string(uid), "successor": .string(successor)])
    }

    /// Sending begins, for the `attempt`th time.
    package static func sendingBegun(_ uid: String, sha256: String, attempt: Int64) -> LedgerEntry {
        LedgerEntry(
            .sendingBegun,
            [
                "batch": .string(uid), "sha256": .string(sha256), "attempt": .integer(attempt),
            ])
    }

    /// An answer: `accepted` (with what of it was refused), `rejected`, or none: `retry`, or
    /// `cut_off` where the batch goes no further.
    package static func answered(
        _ uid: String, _ outcome: String, answer: String, rejected: Int64 = 0
    ) -> LedgerEntry {
        LedgerEntry(
            .answered,
            [
                "batch": .string(uid), "outcome": .string(outcome), "answer": .string(answer),
                "rejected_events": .integer(rejected),
            ])
    }

    /// A new identifier, and the epoch that it opened.
    static func idRotated(epoch: Int64) -> LedgerEntry {
        LedgerEntry(.idRotated, ["epoch": .integer(epoch)])
    }

    /// A deletion, and how many events it deleted.
    static func dataDeleted(_ events: Int64) -> LedgerEntry {
        LedgerEntry(.dataDeleted, ["events": .integer(events)])
    }

    /// Says in the particulars of a row that it is of a time before the deletion above it.
    static let earlier = "earlier"

    /// An erasure that could not be had at a place, before the ledger began anew.
    static func erasureNotSupported(earlierAt place: String) -> LedgerEntry {
        LedgerEntry(.erasureNotSupported, ["url": .string(place), earlier: true])
    }

    /// An erasure at a place, named by its URL without the identifier.
    package static func erasure(_ kind: Kind, at url: String) -> LedgerEntry {
        let place = url.lastIndex(of: "/").map { String(url[..<$0]) } ?? url
        return LedgerEntry(kind, ["url": .string(place)])
    }
}
