// SPDX-License-Identifier: Apache-2.0

internal import Hashing
public import Modules
internal import SQLite

extension SQLiteStorage {
    /// Compared with where no secret was announced, so that both ways take the same time.
    private static let noSecretHash = [UInt8](repeating: 0, count: SHA256.bytes)

    /// Deletes every row of an installation in one transaction and remembers the erasure.
    ///
    /// An installation that is not known counts as erased and is remembered too: a batch of it may
    /// still be on its way. With a wrong secret the same statements run for an installation that
    /// nobody has.
    public func erase(
        installation: String, secretHash: [UInt8], on today: Day
    ) throws(StorageError) -> ErasureOutcome {
        let (real, noOne) = (hashBytes(of: installation), hashBytes(of: "no one"))
        let outcome = try write(committed: { self.follow($0.changes) }) { store in
            let heldDays = self.withOpenDays { $0.heldDays }
            let admission = try Self.admission(secretHash, .blob(real), store)
            let target = admission == .refused ? noOne : real
            let isFull = try store.first(
                "SELECT count(*) >= ? FROM tombstone", [.integer(Self.tombstonesMax)]
            ) { $0.integer(0) == 1 }
            let changes = try Self.delete(target, store, heldDays)
            // Identifiers that someone invented can fill the memory; who has data here and shows
            // the secret is erased still.
            if isFull == true, admission != .known {
                return (outcome: ErasureOutcome.full, changes: changes)
            }
            try store.noteDeletion()
            try store.run(
                "INSERT OR IGNORE INTO tombstone VALUES (?, ?)", [.blob(target), .day(today)])
            if admission == .refused {
                try store.run("DELETE FROM tombstone WHERE hash = ?", [.blob(noOne)])
                return (.refused, changes)
            }
            return (.erased, changes)
        }.outcome
        try emptyLog()
        return outcome
    }

    private enum Admission {
        /// The secret is the one that was announced.
        case known
        /// Nothing is known of the installation.
        case unknown
        case refused
    }

    private static func admission(
        _ secretHash: [UInt8], _ installation: SQLiteValue, _ store: StoreConnection
    ) throws -> Admission {
        let announced = try store.first(
            "SELECT secret_hash FROM installation WHERE hash = ?", [installation]
        ) { $0.isNull(0) ? noSecretHash : $0.blob(0) }
        // SHA-256 of nothing that a request can carry is all zeros.
        let isSame = constantTimeEquals(secretHash, announced ?? noSecretHash)
        guard announced != nil else { return .unknown }
        return isSame ? .known : .refused
    }

    private static func delete(
        _ hash: [UInt8], _ store: StoreConnection, _ heldDays: Set<Day>
    ) throws -> DayChanges {
        let installation = SQLiteValue.blob(hash)
        var changes = DayChanges()
        var days: [Day] = []
        try store.each("SELECT day FROM day_change") {
            days.append(Day(number: Int32($0.integer(0))))
        }
        for day in days {
            try store.run(
                """
                DELETE FROM record_set WHERE number IN (
                    SELECT record_set FROM batch WHERE day = ? AND installation = ?)
                """, [.day(day), installation])
            if heldDays.contains(day) {
                try tellErased(hash, on: day, store, &changes)
            }
            let deleted = try store.run(
                "DELETE FROM batch WHERE day = ? AND installation = ?", [.day(day), installation])
            guard deleted > 0 else { continue }
            changes.days.insert(day)
            // Else what is erased would still stand in the file, in a sum.
            try store.run("DELETE FROM day_sum WHERE day = ?", [.day(day)])
        }
        try store.note(&changes)
        try store.run("DELETE FROM installation WHERE hash = ?", [installation])
        return changes
    }
}

extension SQLiteStorage {
    /// Tells that an installation's part in a day goes; rows that can't be read go all the same.
    private static func tellErased(
        _ hash: [UInt8], on day: Day, _ store: StoreConnection, _ changes: inout DayChanges
    ) throws {
        do {
            for (service, told) in try store.parts(of: .blob(hash), on: day) {
                changes.tell(day, service, of: hash, from: told, to: DayCounters())
            }
        } catch let error as SQLiteError where error.isDamage {
            changes.leaveUntold(day)
        }
    }
}

extension StoreConnection {
    /// An installation's part in a day, by service.
    fileprivate func parts(
        of installation: SQLiteValue, on day: Day
    ) throws -> [String: DayCounters] {
        var parts: [String: DayCounters] = [:]
        try each(
            """
            SELECT name, counters FROM batch JOIN service ON service.number = service
            WHERE day = ? AND installation = ? ORDER BY id
            """, [.day(day), installation]
        ) { row in parts[row.text(0), default: DayCounters()].merge(try counters(row, 1)) }
        return parts
    }
}
