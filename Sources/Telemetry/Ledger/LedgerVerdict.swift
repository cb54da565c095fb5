// SPDX-License-Identifier: Apache-2.0

import Hashing
public import JSON
import Modules

/// What a check of the ledger found.
public struct LedgerVerdict: Sendable, Equatable {
    /// The most problems that are told one by one.
    public static let problemsMax = 100

    /// One fault, and the row at which it shows.
    public struct Problem: Sendable, Equatable {
        /// The row's number.
        public let row: Int64
        /// What is wrong, in a few words for people.
        public let what: String
    }

    /// How many rows there are.
    public let rows: Int64
    /// Up to which row older ones were removed in order; 0 if none were.
    public let prunedThrough: Int64
    /// The hash of the last row: to be noted down, and compared later. Nil without rows.
    public let head: String?
    /// Whether the head that was given stands in the ledger; nil if none was given.
    public let headFound: Bool?
    /// The first row, where it tells that a deletion, or the loss of the store, began the ledger
    /// anew: no head of before is in it. Nil where it does not, or is not kept.
    public let beginning: LedgerRow?
    /// Whether there is no row at all though somebody has decided here: a decision is a row.
    public let isMissing: Bool
    /// All faults, the first `problemsMax` of them.
    public let problems: [Problem]

    /// Whether the ledger is there, is whole, and holds the head that was given.
    public var isSound: Bool { problems.isEmpty && !isMissing && headFound != false }

    /// Whether a text can be the hash of a row: 64 hexadecimal digits.
    public static func isHead(_ text: String) -> Bool {
        text.utf8.count == 2 * SHA256.bytes && Hex.decode(text) != nil
    }

    /// The verdict as a JSON object.
    public var json: JSONObject {
        [
            "sound": .bool(isSound), "missing": .bool(isMissing), "rows": .integer(rows),
            "pruned_through": .integer(prunedThrough), "head": .optional(head),
            "head_found": headFound.map { .bool($0) } ?? .null,
            "begun_anew_at": .optional(beginning?.time.rfc3339),
            "problems": .array(
                problems.map { ["row": .integer($0.row), "problem": .string($0.what)] }),
        ]
    }
}

extension LedgerVerdict {
    /// Checks rows in their order: each against its own hash, and against the row before it.
    ///
    /// - Parameters:
    ///   - head: a hash that was the last one at some time; in either case of digits.
    ///   - isExpected: whether there has to be a row.
    init(_ rows: [LedgerRow], head expected: String?, isExpected: Bool) {
        let anchor = rows.last { $0.kind == LedgerEntry.Kind.pruned.rawValue }?.detail
        // Any number may stand there.
        let through = min(max(0, anchor?["through"]?.integerValue ?? 0), Ledger.numberMax)
        var problems: [Problem] = []
        var number = through
        let genesis = Hex.encode(LedgerRow.genesis)
        var hash: String? = through > 0 ? anchor?["hash"]?.stringValue : genesis
        for row in rows {
            problems += Self.problems(row, after: number, hash)
            number = row.number
            hash = row.digest
        }
        let known = rows.map(\.digest) + [anchor?["hash"]?.stringValue].compactMap { $0 }
        self.init(
            rows: Int64(rows.count), prunedThrough: through, head: rows.last?.digest,
            headFound: expected.map { known.contains($0.lowercased()) },
            // Of an altered row nothing is said as a fact.
            beginning: rows.first.flatMap { row in
                row.beginsAnew && Self.problems(row, after: 0, genesis).isEmpty ? row : nil
            },
            isMissing: rows.isEmpty && isExpected,
            problems: Array(problems.prefix(Self.problemsMax)))
    }

    private static func problems(
        _ row: LedgerRow, after number: Int64, _ hash: String?
    ) -> [Problem] {
        var found: [Problem] = []
        if row.number > number + 1 {
            let gap = number + 2 == row.number ? "row" : "rows \(number + 1) to"
            found.append(Problem(row: number + 1, what: "\(gap) \(row.number - 1) missing"))
        } else if row.number <= number {
            found.append(Problem(row: row.number, what: "stands before row \(number) was pruned"))
        } else if Hex.encode(row.previous) != hash {
            found.append(
                Problem(
                    row: row.number,
                    what: "does not follow from row \(number): one of the two was altered"))
        }
        if row.computedHash != row.hash {
            found.append(Problem(row: row.number, what: "was altered"))
        }
        return found
    }
}
