// SPDX-License-Identifier: Apache-2.0

import Hashing
import SQLite

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

/// The last row of a ledger, by which it is known again.
package struct LedgerMark: Sendable {
    let number: Int64
    let hash: [UInt8]

    /// The row's hash as `log --verify` prints it.
    package var digest: String { Hex.encode(hash) }
}

extension TelemetryControl {
    /// The last row of the ledger here, as it stands: a look finishes nothing that whoever looks is
    /// about to. Nil where there is none, or none can be read.
    package var ledgerMark: LedgerMark? {
        guard !isForeign, let database = try? seams.openDatabase(directory.store, .readOnly),
            let head = try? Ledger(database: database, seams: seams).head()
        else { return nil }
        return LedgerMark(number: head.number, hash: head.hash)
    }

    /// What servers said to requests for erasure from here, whoever asked, after a row: all that
    /// the ledger tells where it was begun anew since.
    package func erasureAnswers(after mark: LedgerMark?) throws -> ErasureAnswers {
        var answers = ErasureAnswers()
        guard let store = try openStore() else { return answers }
        let ledger = ledger(of: store)
        let isSame = try mark.map { try ledger.row($0.number)?.hash == $0.hash } ?? false
        let rows = try ledger.erasureAnswers(after: isSame ? mark?.number ?? 0 : 0)
        let kinds = rows.map(\.kind)
        answers.isConfirmed = kinds.contains(LedgerEntry.Kind.erasureConfirmed.rawValue)
        answers.isUnsupported = kinds.contains(LedgerEntry.Kind.erasureNotSupported.rawValue)
        return answers
    }
}
