// SPDX-License-Identifier: Apache-2.0

import Modules
import SQLite

/// Deletes what is too old, and what is too much.
struct Retention {
    /// How many events are deleted at once to make room.
    private static let chunk: Int64 = 1000
    /// The ledger takes about a quarter of the space at most: a row takes fewer than 400 bytes.
    private static let bytesForLedgerRow: Int64 = 4 * 400

    let config: TelemetryModuleConfig
    let gate: GateReader

    private static let clockKey = "retention.clock"
    private static let dayKey = "retention.day"

    /// What could not be read any more, and is kept for whoever wants to look.
    private var setAside: [String] { [gate.directory.damagedStore, gate.directory.damagedJournal] }

    /// Deletes what is older than the configured days, then the oldest until the cap is kept.
    ///
    /// Not under a configuration with a fault: its numbers may be those that nobody chose, and
    /// nothing is recorded meanwhile. Nor where the yes that stands is another home's: that has
    /// limits of its own.
    func apply(to store: Store) throws {
        guard gate.configurationFault == nil else { return }
        if gate.isOthers { return }
        let days = Int64(config.storageRetentionDays)
        let now = Timestamp(nanoseconds: try reckonedNow(store))
        let oldest = now.advanced(bySeconds: -days * 86_400).nanoseconds
        if try isAnotherDay(store, now) {
            try lookAtAll(store, before: oldest, now)
        } else if try hasOlder(store, than: oldest, looksAtAll: false) {
            try store.database.transaction { try deleteOlder(store, than: oldest, now, nil) }
        }
        try removeSetAside(store, before: oldest, now)
        let ledger = ledger(of: store)
        try ledger.noteLosses()
        // An account of the past is worth less than an event that waits.
        try ledger.prune(
            before: Timestamp(nanoseconds: oldest), now: now,
            rowsMax: min(Ledger.rowsMax, config.storageBytesMax / Self.bytesForLedgerRow))
        try keepCap(store)
    }

    /// The time of day, as far as it is believed.
    private func reckonedNow(_ store: Store) throws -> Int64 {
        let now = gate.seams.clock.now().nanoseconds
        let uptime = gate.seams.clock.uptimeNanoseconds()
        let before = try store.remembered(Self.clockKey).flatMap(RetentionClock.init)
        var clock = before ?? RetentionClock(now: now, uptime: uptime)
        let reckoned = clock.reckoned(now: now, uptime: uptime)
        if clock.isNews(after: before) { try store.remember(clock.serialized, Self.clockKey) }
        return reckoned
    }

    private func ledger(of store: Store) -> Ledger {
        Ledger(database: store.database, seams: gate.seams)
    }

    /// Looks at the first rows: rows are in the order of time, but for jumps of the clock. For the
    /// sake of those it looks at all of them once a day.
    private func hasOlder(
        _ store: Store, than oldest: Int64, looksAtAll: Bool
    ) throws -> Bool {
        for query in ["time FROM events", "sealed_at FROM batches"] {
            let first = try store.database.integer("SELECT \(query) ORDER BY id LIMIT 1")
            if let first, first < oldest { return true }
        }
        return try looksAtAll
            && store.database.integer(
                """
                SELECT EXISTS (SELECT 1 FROM events WHERE time < ?1)
                    OR EXISTS (SELECT 1 FROM batches WHERE sealed_at < ?1)
                """, [.integer(oldest)]) == 1
    }

    /// Whether this is the first look of a day.
    private func isAnotherDay(_ store: Store, _ now: Timestamp) throws -> Bool {
        try store.rememberedText(Self.dayKey) != "\(now.day)"
    }

    /// The first look of a day, as one step: what was noted for it is not forgotten before it is
    /// done. What is deleted is then cleared in the file too, and not in the log alone.
    private func lookAtAll(_ store: Store, before oldest: Int64, _ now: Timestamp) throws {
        let deletes = try store.database.transaction {
            let ahead = try DatedAhead.expired(in: store, before: oldest, now)
            let deletes = try ahead != nil || hasOlder(store, than: oldest, looksAtAll: true)
            if deletes { try deleteOlder(store, than: oldest, now, ahead) }
            try store.remember("\(now.day)", Self.dayKey)
            return deletes
        }
        // With a reader in the way that waits for another day.
        if deletes { _ = try shrink(store) }
    }

    /// Nothing in what was set aside is younger than the first look at it: it goes when the events
    /// of that moment have to. A first look in the future was that of a clock gone wrong.
    private func removeSetAside(_ store: Store, before oldest: Int64, _ now: Timestamp) throws {
        for path in setAside {
            let key = "aside\(path.dropFirst(gate.directory.path.count))"
            let seen = try store.rememberedText(key).flatMap(Int64.init)
            guard try gate.seams.files.status(of: path) != nil else {
                if seen != nil { try store.forget(key) }
                continue
            }
            guard let seen, seen <= now.nanoseconds else {
                try store.remember("\(now.nanoseconds)", key)
                continue
            }
            if seen < oldest { try gate.seams.files.remove(path) }
        }
    }

    /// Within a transaction.
    private func deleteOlder(
        _ store: Store, than oldest: Int64, _ now: Timestamp, _ ahead: DatedAhead?
    ) throws {
        let bounds = [
            oldest, DatedAhead.bound(now), ahead?.lastEvent ?? 0, ahead?.lastBatch ?? 0,
        ].map(SQLiteValue.integer)
        try freeStaleBatches(store, bounds)
        try store.addLoss(
            .retention, ofEvents: "\(Store.isUnanswered) AND \(Self.isExpired)", bounds)
        try store.database.run("DELETE FROM events WHERE \(Self.isExpired)", bounds)
        try noteOldBatches(store, bounds)
        try store.database.run("DELETE FROM batches WHERE \(Self.isOldBatch)", bounds)
        try store.countEmptied()
        try store.database.run(
            "DELETE FROM totals WHERE name LIKE 'bytes.%' AND name <> ?",
            [.text("bytes.\(gate.seams.clock.now().day)")])
    }

    /// Too old, or dated ahead and seen long ago.
    private static let isOld = "(time < ?1 OR (time > ?2 AND id <= ?3))"
    private static let isOldBatch = "(sealed_at < ?1 OR (sealed_at > ?2 AND id <= ?4))"

    /// An event goes with its age, one that is being sent with its batch, and all that a batch
    /// holds goes with it.
    private static let isExpired = """
        ((\(isOld) AND (batch IS NULL OR batch NOT IN
            (SELECT id FROM batches WHERE state = 'sending')))
         OR batch IN (SELECT id FROM batches WHERE \(isOldBatch)))
        """

    /// A batch that was not begun to be sent and holds a too old event is given up: the younger
    /// ones wait for the next, or if it was held for a person as before.
    private func freeStaleBatches(_ store: Store, _ bounds: [SQLiteValue]) throws {
        // It says nothing of the last of the bounds.
        try store.giveUp(
            where: "id IN (SELECT batch FROM events WHERE \(Self.isOld))", bounds.dropLast(),
            because: Self.tooOld, ledger(of: store))
    }

    /// Tells of those that go with their age before anybody has answered.
    private func noteOldBatches(_ store: Store, _ bounds: [SQLiteValue]) throws {
        let unsent = """
            SELECT id FROM batches WHERE state IN \(SealedBatch.State.unsentList)
                AND length(body) > 0 AND \(Self.isOldBatch)
            """
        for row in try store.database.rows(unsent, bounds, { $0.integer(0) }) {
            try note(row, Self.tooOld, store)
        }
    }

    private static let tooOld = "what it held was too old"

    /// Tells of an unsent batch that goes with its events.
    private func note(_ row: Int64, _ reason: String, _ store: Store) throws {
        guard let batch = try store.batch(row) else { return }
        try store.takeBackLosses(of: batch)
        try ledger(of: store).append(.voided(batch.uid, because: reason))
    }

    /// Oldest sent first, then oldest.
    private func keepCap(_ store: Store) throws {
        var isOver = try overCap()
        // What was set aside is of the least use.
        for path in setAside where isOver {
            try gate.seams.files.remove(path)
            isOver = try overCap()
        }
        // What was deleted already may give enough.
        if isOver { isOver = try shrink(store) && overCap() }
        while isOver {
            let removed = try store.database.transaction {
                try removeSent(store) || removeOldest(store) || removeUnsent(store)
                    || ledger(of: store).halve()
            }
            isOver = try removed && shrink(store) && overCap()
        }
    }

    /// Gives free pages back. False with a reader in the way: nothing gets smaller then, and the
    /// rest waits for the next time.
    private func shrink(_ store: Store) throws(SQLiteError) -> Bool {
        try store.database.execute("PRAGMA incremental_vacuum")
        return try store.database.integer("PRAGMA wal_checkpoint(TRUNCATE)") == 0
    }

    private func overCap() throws(SystemError) -> Bool {
        try gate.directory.allocatedBytes(gate.seams.files) > config.storageBytesMax
    }

    private func removeSent(_ store: Store) throws(SQLiteError) -> Bool {
        try store.database.run(
            """
            DELETE FROM events WHERE id IN (SELECT id FROM events
                WHERE batch = \(Store.answeredBefore) ORDER BY id LIMIT \(Self.chunk))
            """)
        if store.database.changes > 0 { return true }
        guard
            let batch = try store.database.integer(
                "SELECT id FROM batches WHERE state IN ('accepted', 'rejected') ORDER BY id LIMIT 1"
            )
        else { return false }
        try store.database.run("DELETE FROM events WHERE batch = ?", [.integer(batch)])
        try store.database.run("DELETE FROM batches WHERE id = ?", [.integer(batch)])
        return true
    }

    /// The oldest of what never left: single events, or a batch whole. One that is being sent is
    /// left for the last.
    private func removeOldest(_ store: Store) throws -> Bool {
        let isFree = "batch NOT IN (SELECT id FROM batches WHERE state = 'sending')"
        let oldest = try store.database.rows(
            "SELECT batch FROM events WHERE batch IS NULL OR \(isFree) ORDER BY id LIMIT 1"
        ) { $0.isNull(0) ? nil : $0.integer(0) }
        guard let batch = oldest.first else { return false }
        if let batch {
            try remove(batch, store)
            return true
        }
        let chosen = """
            id IN (SELECT id FROM events WHERE batch IS NULL AND id <
                coalesce((SELECT id FROM events WHERE batch IS NOT NULL AND \(isFree)
                    ORDER BY id LIMIT 1), \(Int64.max)) ORDER BY id LIMIT \(Self.chunk))
            """
        try store.addLoss(.storageCap, ofEvents: chosen)
        try store.database.run("DELETE FROM events WHERE \(chosen)")
        return store.database.changes > 0
    }

    private func remove(_ batch: Int64, _ store: Store) throws {
        let unsent = """
            SELECT 1 FROM batches WHERE id = ? AND state IN \(SealedBatch.State.unsentList)
                AND length(body) > 0
            """
        if try store.database.integer(unsent, [.integer(batch)]) != nil {
            try note(batch, "the storage cap made room", store)
        }
        try store.addLoss(.storageCap, ofEvents: "batch = ?", [.integer(batch)])
        try store.database.run("DELETE FROM events WHERE batch = ?", [.integer(batch)])
        try store.database.run("DELETE FROM batches WHERE id = ?", [.integer(batch)])
    }

    private func removeUnsent(_ store: Store) throws -> Bool {
        guard
            let batch = try store.database.integer("SELECT id FROM batches ORDER BY id LIMIT 1")
        else { return false }
        try remove(batch, store)
        return true
    }
}
