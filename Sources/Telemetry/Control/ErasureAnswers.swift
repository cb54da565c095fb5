// SPDX-License-Identifier: Apache-2.0

import Hashing
import JSON
import SQLite

/// What servers said to requests for erasure.
package struct ErasureAnswers: Sendable, Equatable {
    /// Where what there was is erased, by origin.
    package var confirmed: Set<String> = []
    /// Where nothing is erased, by origin.
    package var unsupported: Set<String> = []

    /// No answer.
    package init() {}

    /// Adds what was said to those of another folder.
    package mutating func add(_ other: ErasureAnswers) {
        confirmed.formUnion(other.confirmed)
        unsupported.formUnion(other.unsupported)
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
        for row in rows {
            let place = row.detail["url"]?.stringValue ?? ""
            let origin = Endpoint(place)?.origin ?? place
            if row.kind == LedgerEntry.Kind.erasureConfirmed.rawValue {
                answers.confirmed.insert(origin)
            } else {
                answers.unsupported.insert(origin)
            }
        }
        return answers
    }
}
