// SPDX-License-Identifier: Apache-2.0

package import Modules

/// What servers said to requests for erasure.
package struct ErasureAnswers: Sendable, Equatable {
    /// Whether one has erased what it had.
    package var isConfirmed = false
    /// Whether one does not erase.
    package var isUnsupported = false

    /// No answer.
    package init() {}

    /// Adds what was said to those of another folder.
    package mutating func add(_ other: ErasureAnswers) {
        isConfirmed = isConfirmed || other.isConfirmed
        isUnsupported = isUnsupported || other.isUnsupported
    }
}

extension TelemetryControl {
    /// What servers said since a time to requests for erasure from here, whoever asked.
    package func erasureAnswers(since time: Timestamp) throws -> ErasureAnswers {
        var answers = ErasureAnswers()
        guard let store = try openStore() else { return answers }
        let kinds = try ledger(of: store).erasureAnswers(since: time).map(\.kind)
        answers.isConfirmed = kinds.contains(LedgerEntry.Kind.erasureConfirmed.rawValue)
        answers.isUnsupported = kinds.contains(LedgerEntry.Kind.erasureNotSupported.rawValue)
        return answers
    }
}
