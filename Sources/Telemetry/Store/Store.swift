// SPDX-License-Identifier: Apache-2.0

import Modules
import SQLite

/// The SQLite database of a home. Used by one thread at a time; several processes are normal.
final class Store {
    let database: Connection
    /// Whether a newer program wrote it.
    let isNewer: Bool
    private var numbers: [String: UInt64] = [:]

    private init(_ database: Connection, isNewer: Bool) {
        self.database = database
        self.isNewer = isNewer
    }

    /// How long a replacement waits for another process's replacement.
    private static let lockMilliseconds: Int32 = 2000

    /// Opens the database, made if needed. One that is damaged is set aside, counted and told.
    static func open(_ directory: TelemetryDirectory, _ seams: TelemetrySeams) throws -> Store {
        try using(directory, seams) { $0 }
    }

    /// Opens the database and uses it. Damage that shows only then is met in the same way, and
    /// `body` is run once more, on the new store; so it must be able to run twice.
    ///
    /// Throws for the store of a newer program, unless `acceptingNewer`: a deletion needs no more
    /// than that steps of the schema only add.
    static func using<Result>(
        _ directory: TelemetryDirectory, _ seams: TelemetrySeams, acceptingNewer: Bool = false,
        _ body: (Store) throws -> Result
    ) throws -> Result {
        do {
            return try body(openAsIs(directory, seams, acceptingNewer))
        } catch  where StoreDamage.isSuspected(error) {
            return try body(replaceIfDamaged(directory, seams))
        }
    }

    /// Looks closely at a database that failed in a way that damage could explain; if it is
    /// damaged, sets it aside, counts and tells that, and makes a new one.
    static func replaceIfDamaged(
        _ directory: TelemetryDirectory, _ seams: TelemetrySeams
    ) throws -> Store {
        let waiting = lockMilliseconds
        guard let lock = try seams.files.lock(directory.storeLock, waiting: waiting) else {
            throw TelemetryError(
                .busy, "another process replaces the damaged store", hint: "try again")
        }
        defer { withExtendedLifetime(lock) {} }
        // Another process may have replaced it meanwhile.
        if let store = try sound(directory, seams) { return store }
        try setAside(directory, seams)
        seams.logger.log(
            .warning,
            "the telemetry store was damaged and is now store.damaged.sqlite; recording goes on "
                + "in a new one")
        let store = try openAsIs(directory, seams)
        try store.addLoss(.damaged, 1)
        try Ledger(database: store.database, seams: seams)
            .append(LedgerEntry(.storeReplaced))
        return store
    }

    private static func sound(
        _ directory: TelemetryDirectory, _ seams: TelemetrySeams
    ) throws -> Store? {
        do {
            let store = try openAsIs(directory, seams)
            return try StoreDamage.isSound(store.database) ? store : nil
        } catch  where StoreDamage.isSuspected(error) {
            return nil
        }
    }

    private static func openAsIs(
        _ directory: TelemetryDirectory, _ seams: TelemetrySeams, _ acceptingNewer: Bool = false
    ) throws -> Store {
        switch try seams.files.status(of: directory.store)?.kind {
        case .file: break
        // Locking makes the file with mode 0600; SQLite would make it readable for others.
        case nil: _ = try seams.files.lock(directory.store)
        default:
            throw TelemetryError(
                .storage, "\(directory.store) is no file", hint: "move it away, then try again")
        }
        let database = try seams.openDatabase(directory.store, .readWrite)
        if try database.integer("PRAGMA page_count") == 0 {
            try database.execute(StoreSchema.newFilePragmas)
        }
        try database.execute(StoreSchema.pragmas)
        do {
            try database.migrate(StoreSchema.migrations)
            return Store(database, isNewer: false)
        } catch let error as MigrationError where !StoreDamage.isSuspected(error) {
            guard acceptingNewer else { throw newer(error, seams) }
            return Store(database, isNewer: true)
        }
    }

    private static func newer(_ error: MigrationError, _ seams: TelemetrySeams) -> TelemetryError {
        TelemetryError(
            .database, error.description,
            hint: "use that version; \(seams.command("delete-data --confirm")) deletes its store "
                + "with this one too")
    }

    /// One damaged database is kept for whoever wants to look; an earlier one makes room.
    private static func setAside(
        _ directory: TelemetryDirectory, _ seams: TelemetrySeams
    ) throws(SystemError) {
        try seams.files.rename(directory.store, to: directory.damagedStore)
        for suffix in ["-wal", "-shm"] { try seams.files.remove(directory.store + suffix) }
    }

    /// The number of a name, made if needed. Numbers are rows; in a damaged store they may be any.
    func number(of name: String) throws -> UInt64 {
        if let number = numbers[name] { return number }
        try database.run("INSERT OR IGNORE INTO names(name) VALUES (?)", [.text(name)])
        let row = try database.integer("SELECT id FROM names WHERE name = ?", [.text(name)]) ?? 0
        let number = UInt64(bitPattern: row)
        numbers[name] = number
        return number
    }

    /// The names of all tables that a deletion empties, those that a newer program added among
    /// them. Not of what journals of live processes have counted: that would be counted again.
    func tablesToEmpty() throws -> [String] {
        try database.rows(
            """
            SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
                AND name <> 'journals'
            """
        ) { $0.text(0) }
    }

    /// The number of every name.
    func numbersByName() throws -> [String: UInt64] {
        let names = try namesByNumber()
        return Dictionary(names.map { ($0.value, $0.key) }) { first, _ in first }
    }

    /// Every name by its number.
    func namesByNumber() throws -> [UInt64: String] {
        let rows = try database.rows("SELECT id, name FROM names") { row in
            (UInt64(bitPattern: row.integer(0)), row.text(1))
        }
        return Dictionary(rows) { first, _ in first }
    }

    /// Another process may have deleted all names since the last transaction.
    func forgetNumbers() { numbers = [:] }

    /// One event as a row; its properties are bytes that ``StoredProperties`` reads.
    struct Row {
        let epoch: UInt32
        let time: Timestamp
        let name: Int64
        let properties: [UInt8]
    }

    /// What puts rows in, in their order. Use within a transaction.
    func inserter() throws(SQLiteError) -> Statement {
        try database.prepare(
            "INSERT INTO events(epoch, time, name, properties) VALUES (?, ?, ?, ?)")
    }

    /// The events that rows stand for; those that can't be read are left out.
    func events(of rows: [Row]) throws -> [StoredEvent] {
        let names = rows.isEmpty ? [:] : try namesByNumber()
        return rows.compactMap { row in
            guard let name = names[UInt64(bitPattern: row.name)],
                let properties = StoredProperties.decode(row.properties, names: names)
            else { return nil }
            return StoredEvent(
                epoch: row.epoch, time: row.time, name: name, properties: properties)
        }
    }

    /// The events that a condition selects, in order, with their row numbers. Rows that can't
    /// be read are left out.
    func events(
        where condition: String, _ values: [SQLiteValue] = [], limit: Int64 = -1,
        newestFirst: Bool = false
    ) throws -> [(row: Int64, event: StoredEvent)] {
        let names = try namesByNumber()
        let sql =
            "SELECT id, epoch, time, name, properties FROM events WHERE \(condition) "
            + "ORDER BY id \(newestFirst ? "DESC" : "ASC") LIMIT \(limit)"
        return try database.rows(sql, values) { row -> (Int64, StoredEvent)? in
            guard let name = names[UInt64(bitPattern: row.integer(3))],
                let properties = StoredProperties.decode(row.blob(4), names: names)
            else { return nil }
            let event = StoredEvent(
                epoch: UInt32(truncatingIfNeeded: row.integer(1)),
                time: Timestamp(nanoseconds: row.integer(2)), name: name, properties: properties)
            return (row.integer(0), event)
        }.compactMap { $0 }
    }

    func addLoss(_ reason: LossReason, _ count: Int64) throws(SQLiteError) {
        try add(count, to: "losses", key: "reason", reason.rawValue)
    }

    func addTotal(_ name: String, _ count: Int64) throws(SQLiteError) {
        try add(count, to: "totals", key: "name", name)
    }

    private func add(
        _ count: Int64, to table: String, key: String, _ value: String
    ) throws(SQLiteError) {
        guard count > 0 else { return }
        try database.run(
            """
            INSERT INTO \(table)(\(key), count) VALUES (?, ?)
            ON CONFLICT(\(key)) DO UPDATE SET count = count + excluded.count
            """, [.text(value), .integer(count)])
    }

    func total(_ name: String) throws(SQLiteError) -> Int64 {
        try database.integer("SELECT count FROM totals WHERE name = ?", [.text(name)]) ?? 0
    }

    /// Losses by reason, only those that happened.
    func losses() throws -> [(reason: String, count: Int64)] {
        try database.rows("SELECT reason, count FROM losses ORDER BY reason") { row in
            (row.text(0), row.integer(1))
        }
    }
}
