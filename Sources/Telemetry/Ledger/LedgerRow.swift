// SPDX-License-Identifier: Apache-2.0

import Hashing
public import JSON
public import Modules

/// A row of the ledger: an entry, its place and time, and the hash that ties it to the row before.
public struct LedgerRow: Sendable, Equatable {
    /// The hash before the first row.
    static let genesis = [UInt8](repeating: 0, count: SHA256.bytes)

    /// Its place, counted from 1 without a gap.
    public let number: Int64
    /// When it was written.
    public let time: Timestamp
    /// What happened, as it stands in the row; see `LedgerEntry.Kind`.
    public let kind: String
    /// The particulars as JSON text, byte for byte as they were hashed.
    let detailText: String
    /// The hash of the row before; 32 zeros for the first.
    let previous: [UInt8]
    /// The row's own hash, over all of the above.
    let hash: [UInt8]

    /// The hash that a row with this content has: SHA-256 over the previous hash, number and time
    /// (big-endian), then kind and particulars, each after its length in four bytes.
    var computedHash: [UInt8] {
        var hasher = SHA256()
        hasher.update(previous)
        hasher.update(Self.bigEndian(number))
        hasher.update(Self.bigEndian(time.nanoseconds))
        for text in [kind, detailText] {
            let bytes = Array(text.utf8)
            hasher.update(Array(Self.bigEndian(Int64(bytes.count)).suffix(4)))
            hasher.update(bytes)
        }
        return hasher.finalize()
    }

    private static func bigEndian(_ number: Int64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * Int64($0))) }
    }

    /// The particulars; empty if somebody made them unreadable.
    public var detail: JSONObject {
        (try? JSONValue.parse(bytes: Array(detailText.utf8)))?.objectValue ?? [:]
    }

    /// What it tells; nil for a kind that another version wrote.
    var entry: LedgerEntry? {
        LedgerEntry.Kind(rawValue: kind).map { LedgerEntry($0, detail) }
    }

    /// Whether nothing of before it is kept: it tells of a deletion, or that the store was lost.
    var beginsAnew: Bool {
        [LedgerEntry.Kind.dataDeleted, .storeReplaced].map(\.rawValue).contains(kind)
    }

    /// The row's hash in hexadecimal digits: what `log --verify --head` compares.
    public var digest: String { Hex.encode(hash) }

    /// The row as `telemetry log` prints it.
    public var json: JSONObject {
        [
            "row": .integer(number), "timestamp": .string(time.rfc3339), "kind": .string(kind),
            "detail": .object(detail), "hash": .string(digest),
        ]
    }
}
