// SPDX-License-Identifier: Apache-2.0

import Modules
import SQLite

/// Deletes what is too old, and what is too much.
struct Retention {
    /// How many events are deleted at once to make room.
    private static let chunk: Int64 = 1000

    let config: TelemetryModuleConfig
    let gate: GateReader

    /// Deletes what is older than the configured days, then the oldest until the cap is kept.
    func apply(to store: Store) throws {
        let days = Int64(config.storageRetentionDays)
        let oldest = gate.seams.clock.now().advanced(bySeconds: -days * 86_400).nanoseconds
        if try hasOlder(store, than: oldest) { try deleteOlder(store, than: oldest) }
        try keepCap(store)
        let ledger = ledger(of: store)
        try ledger.noteLosses()
        try ledger.prune(before: Timestamp(nanoseconds: oldest))
    }

    private func ledger(of store: Store) -> Ledger {
        Ledger(database: store.database, clock: gate.seams.clock)
    }

    /// Looks at the first rows only: rows are in the order of time, but for jumps of the clock.
    private func hasOlder(_ store: Store, than oldest: Int64) throws(SQLiteError) -> Bool {
        for query in ["time FROM events", "sealed_at FROM batches"] {
            let first = try store.database.integer("SELECT \(query) ORDER BY id LIMIT 1")
            if let first, first < oldest { return true }
        }
        return false
    }

    private func deleteOlder(_ store: Store, than oldest: Int64) throws {
        try store.database.transaction {
            let lost = try count(store, "time < ? AND batch IS NULL", [.integer(oldest)])
            try store.addLoss(.retention, lost + (try unsentEvents(store, before: oldest)))
            try delete(store, "time < ?", [.integer(oldest)])
            try store.database.run("DELETE FROM batches WHERE sealed_at < ?", [.integer(oldest)])
            try store.database.run(
                "DELETE FROM totals WHERE name LIKE 'bytes.%' AND name <> ?",
                [.text("bytes.\(gate.seams.clock.now().day)")])
        }
    }

    /// Events in batches that never were accepted and are about to go.
    private func unsentEvents(_ store: Store, before oldest: Int64) throws(SQLiteError) -> Int64 {
        try store.database.integer(
            """
            SELECT coalesce(sum(events), 0) FROM batches
            WHERE sealed_at < ? AND state IN \(SealedBatch.State.unsentList)
            """, [.integer(oldest)]) ?? 0
    }

    /// Oldest sent first, then oldest.
    private func keepCap(_ store: Store) throws {
        var isOver = try overCap()
        // What was set aside is of the least use.
        for path in [gate.directory.damagedStore, gate.directory.damagedJournal] where isOver {
            try gate.seams.files.remove(path)
            isOver = try overCap()
        }
        while isOver {
            let removed = try store.database.transaction {
                try removeSent(store) || removeOldest(store) || removeUnsent(store)
                    || ledger(of: store).halve()
            }
            try store.database.execute("PRAGMA incremental_vacuum")
            // With a reader in the way nothing gets smaller: the rest waits for the next time.
            let busy = try store.database.integer("PRAGMA wal_checkpoint(TRUNCATE)")
            isOver = try removed && busy == 0 && overCap()
        }
    }

    private func overCap() throws(SystemError) -> Bool {
        try gate.directory.allocatedBytes(gate.seams.files) > config.storageBytesMax
    }

    private func removeSent(_ store: Store) throws(SQLiteError) -> Bool {
        guard
            let batch = try store.database.integer(
                "SELECT id FROM batches WHERE state IN ('accepted', 'rejected') ORDER BY id LIMIT 1"
            )
        else { return false }
        try store.database.run("DELETE FROM events WHERE batch = ?", [.integer(batch)])
        try store.database.run("DELETE FROM batches WHERE id = ?", [.integer(batch)])
        return true
    }

    private func removeOldest(_ store: Store) throws(SQLiteError) -> Bool {
        let condition =
            "id IN (SELECT id FROM events WHERE batch IS NULL ORDER BY id LIMIT \(Self.chunk))"
        try delete(store, condition)
        let removed = store.database.changes
        try store.addLoss(.storageCap, removed)
        return removed > 0
    }

    private func removeUnsent(_ store: Store) throws -> Bool {
        let batch = try store.database.rows(
            "SELECT id, events FROM batches ORDER BY id LIMIT 1"
        ) { ($0.integer(0), $0.integer(1)) }.first
        guard let (id, events) = batch else { return false }
        try store.database.run("DELETE FROM events WHERE batch = ?", [.integer(id)])
        try store.database.run("DELETE FROM batches WHERE id = ?", [.integer(id)])
        try store.addLoss(.storageCap, events)
        return true
    }

    private func count(
        _ store: Store, _ condition: String, _ values: [SQLiteValue]
    ) throws(SQLiteError) -> Int64 {
        try store.database.integer("SELECT count(*) FROM events WHERE \(condition)", values) ?? 0
    }

    private func delete(
        _ store: Store, _ condition: String, _ values: [SQLiteValue] = []
    ) throws(SQLiteError) {
        try store.database.run("DELETE FROM events WHERE \(condition)", values)
    }
}
