// SPDX-License-Identifier: Apache-2.0

/// Why an event that was to be recorded, or was, will not be sent.
public enum LossReason: String, Sendable, CaseIterable {
    /// The journal had no room.
    case queueFull = "queue_full"
    /// The catalogue refused an event or a property.
    case catalogue
    /// The storage cap made room.
    case storageCap = "storage_cap"
    /// Its time was up before it was sent.
    case retention
    /// It could not be read again. A whole file of events counts as one: how many it held, nobody
    /// knows.
    case damaged
    /// The collector refused it for good.
    case rejected
    /// A person dropped it in review.
    case droppedInReview = "dropped_in_review"
    /// Consent was taken back, or the administrator said no, before it was stored.
    case revoked

    /// What no batch tells of: that somebody said no.
    static let neverTold = LossReason.revoked
}
