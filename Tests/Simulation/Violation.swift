// SPDX-License-Identifier: Apache-2.0

/// A promise that did not hold.
package struct Violation: Error, Sendable, Equatable, CustomStringConvertible {
    /// Which promise.
    package enum Promise: String, Sendable, CaseIterable {
        case consent = "nothing is recorded or sent without a yes"
        case epoch = "a yes never reaches back"
        case catalogue = "nothing outside the catalogue and the consent gets in or out"
        case accounting = "every accepted event is stored, sent, deleted or counted as lost"
        case once = "nothing is counted twice"
        case bytes = "what is shown, sent and sent again are the same bytes"
        case review = "what was not released, or was dropped, never leaves"
        case erasure = "what was deleted is gone"
        case identity = "no value occurs under two identifiers"
        case ledger = "the ledger is whole"
        case space = "the cap on space holds"
        case patience = "a server that asks for patience is left alone"
        case progress = "without a fault everything works"
    }

    /// Which promise did not hold.
    package let promise: Promise
    /// What was seen.
    package let detail: String

    init(_ promise: Promise, _ detail: String) {
        self.promise = promise
        self.detail = detail
    }

    package var description: String { "\(promise.rawValue): \(detail)" }
}
