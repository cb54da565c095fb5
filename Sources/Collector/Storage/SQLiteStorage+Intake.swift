// SPDX-License-Identifier: Apache-2.0

internal import Modules
internal import SQLite

extension SQLiteStorage {
    /// Keeps the group in one transaction; whatever it does not keep whole is not kept at all.
    public func commit(_ group: CommitGroup) throws(StorageError) -> [BatchOutcome] {
        try write(committed: { self.follow($0.changes) }) { store in
            var commit = try SQLiteCommit(
                store, group, nobody: self.hash(Self.nobody),
                heldDays: self.withOpenDays { $0.heldDays })
            let outcomes = try group.batches.map { batch in
                try commit.keep(batch, of: self.hashBytes(of: batch.installation))
            }
            return (outcomes: outcomes, changes: try commit.finish())
        }.outcomes
    }

    /// Carries on the figures of the days that are held.
    func follow(_ changes: DayChanges) {
        withOpenDays { $0.follow(changes) }
    }

    /// Who asks whether the store is ready is told soon that another process writes.
    private static let readyMilliseconds: Int32 = 1000

    /// Looks at the room on the disk, takes the write lock and lets go of it.
    public func checkReady() throws(StorageError) {
        try checkRoom()
        try write(waiting: Self.readyMilliseconds) { store in
            _ = try store.connection.integer("SELECT count(*) FROM secret")
            // An update that changes nothing still needs a file that can be written.
            try store.run("UPDATE secret SET name = name")
        }
    }
}

/// Whose batches of one program are meant, as rows name them.
struct InstallationService {
    let hash: [UInt8]
    let service: SQLiteValue
    let name: String

    var installation: SQLiteValue { .blob(hash) }
}

/// One commit on its way.
private struct SQLiteCommit {
    private let store: StoreConnection
    private let today: Day
    private let nobody: SQLiteValue
    private var tally = DayTally()
    private var changes = DayChanges()
    private let heldDays: Set<Day>
    private var lastRecordSet: Int64?
    private var services: [String: SQLiteValue] = [:]
    /// Days that were looked up, and whether their figures are carried on.
    private var carried: [Day: Bool] = [:]
    /// The newest day that is folded: another collector, or a clock that was set back, may still
    /// send batches of it here.
    private let lastFolded: Day?

    /// Days after which a known installation is noted as seen again.
    private static let seenDays = 7

    init(
        _ store: StoreConnection, _ group: CommitGroup, nobody: SQLiteValue, heldDays: Set<Day>
    ) throws {
        self.store = store
        self.heldDays = heldDays
        lastFolded =
            try store.first("SELECT max(day) FROM day_total", []) { row in
                row.isNull(0) ? nil : Day(number: Int32(row.integer(0)))
            } ?? nil
        self.nobody = nobody
        today = group.today
        tally.add(group.tally)
    }

    mutating func keep(
        _ sent: AdmittedBatch, of hash: [UInt8]
    ) throws -> BatchOutcome {
        let installation = SQLiteValue.blob(hash)
        let batch = sent.openAfter(lastFolded)
        let folded = sent.recordsFolded(by: lastFolded)
        if let lastFolded, batch.day <= lastFolded {
            tally.add(.day, batch.recordCount)
            return .closed
        }
        let isErased =
            try store.first(
                "SELECT 1 FROM tombstone WHERE hash = ?", [installation], { _ in true }) != nil
        if batch.isOverQuota {
            guard try isKept(batch, of: isErased ? nobody : installation) else {
                return .notAdmitted
            }
            return isErased ? .erased : .resent()
        }
        if isErased { return try keepOut(sent) }
        let isNew =
            try store.first(
                "SELECT 1 FROM installation WHERE hash = ?", [installation], { _ in true }) == nil
        if isNew, !batch.admitsNew { return .notAdmitted }
        let service = try number(of: batch.service)
        let sender = InstallationService(
            hash: hash, service: service, name: batch.service)
        let recordSet = batch.records.isEmpty ? nil : try nextRecordSet()
        let isFirst = try isFirst(batch, installation)
        guard var leftOut = try put(batch, of: sender, on: batch.day, recordSet) else {
            return .resent(folded: folded)
        }
        tally.add(batch.tally, isFirst: isFirst)
        if let recordSet {
            try store.run(
                "INSERT INTO record_set VALUES (?, ?)", [.integer(recordSet), .blob(batch.records)])
            lastRecordSet = recordSet
        }
        for (day, figures) in batch.figures where day != batch.day && !figures.isEmpty {
            leftOut += try put(batch, of: sender, on: day, nil) ?? 0
        }
        tally.add(.share, leftOut)
        try know(installation, batch.erasureKeyHash, isNew: isNew)
        return .stored(isNew: isNew, folded: folded, leftOut: leftOut)
    }

    private mutating func isKept(
        _ batch: AdmittedBatch, of installation: SQLiteValue
    ) throws -> Bool {
        try store.first(
            """
            SELECT 1 FROM batch WHERE day = ? AND installation = ? AND service = ? AND id = ?
            """,
            [.day(batch.day), installation, try number(of: batch.service), .blob(batch.id)],
            { _ in true }) != nil
    }

    /// Whether a batch that has something to count is the first of its installation today.
    private func isFirst(_ batch: AdmittedBatch, _ installation: SQLiteValue) throws -> Bool {
        guard batch.day == today, !batch.tally.counts.isEmpty else { return false }
        return try store.first(
            "SELECT 1 FROM batch WHERE day = ? AND installation = ?", [.day(today), installation],
            { _ in true }) == nil
    }

    /// Keeps what a batch tells of a day; nil when it is kept already, else how much was left out.
    private mutating func put(
        _ batch: AdmittedBatch, of sender: InstallationService, on day: Day, _ recordSet: Int64?
    ) throws -> Int? {
        let figures = batch.figures[day] ?? DayCounters()
        let isCarried = try isCarried(day)
        guard
            let part = try store.put(
                batch.id, figures, of: sender, on: day, recordSet: recordSet)
        else { return nil }
        changes.days.insert(day)
        if isCarried, !figures.isEmpty {
            changes.tell(day, sender.name, of: sender.hash, from: part.before, to: part.after)
        }
        return part.leftOut
    }

    /// Whether the day's figures are carried on: those of a day that is held, and of one that
    /// begins with this commit.
    private mutating func isCarried(_ day: Day) throws -> Bool {
        if let known = carried[day] { return known }
        let isNew =
            try store.first("SELECT 1 FROM day_change WHERE day = ?", [.day(day)], { _ in true })
            == nil
        if isNew { changes.begun.insert(day) }
        let isCarried = isNew || heldDays.contains(day)
        carried[day] = isCarried
        return isCarried
    }

    /// Counts what an erased installation sent, once: the batch is noted under an installation that
    /// nobody has.
    private mutating func keepOut(_ batch: AdmittedBatch) throws -> BatchOutcome {
        let kept = try store.run(
            "INSERT OR IGNORE INTO batch VALUES (?, ?, ?, ?, ?, NULL)",
            [.day(batch.day), nobody, try number(of: batch.service), .blob(batch.id), .blob([])])
        guard kept == 1 else { return .erased }
        changes.days.insert(batch.day)
        tally.add(batch.tally)
        tally.add(.erased, batch.recordCount)
        return .erased
    }

    /// The number of the next set of records; nobody else adds one while this commit runs.
    private mutating func nextRecordSet() throws -> Int64 {
        if let lastRecordSet { return lastRecordSet + 1 }
        let last = try store.first("SELECT max(number) FROM record_set", []) { $0.integer(0) } ?? 0
        lastRecordSet = last
        return last + 1
    }

    /// Notes the installation, and its secret if none is known yet.
    private func know(
        _ installation: SQLiteValue, _ secretHash: [UInt8]?, isNew: Bool
    ) throws {
        let secret = secretHash.map { SQLiteValue.blob($0) } ?? .null
        if isNew {
            try store.run(
                "INSERT INTO installation VALUES (?, ?, ?)", [installation, secret, .day(today)])
        } else {
            try store.run(
                """
                UPDATE installation SET secret_hash = ifnull(secret_hash, ?2), day = max(day, ?3)
                WHERE hash = ?1 AND (secret_hash IS NULL AND ?2 IS NOT NULL OR day < ?3 - ?4)
                """,
                [installation, secret, .day(today), .integer(Int64(Self.seenDays))])
        }
    }

    private mutating func number(of service: String) throws -> SQLiteValue {
        if let known = services[service] { return known }
        try store.run("INSERT OR IGNORE INTO service (name) VALUES (?)", [.text(service)])
        let number = try store.first(
            "SELECT number FROM service WHERE name = ?", [.text(service)], { $0.integer(0) })
        services[service] = .integer(number ?? 0)
        return .integer(number ?? 0)
    }

    /// Writes what belongs to the commit as a whole.
    mutating func finish() throws -> DayChanges {
        try store.note(&changes)
        for (word, count) in tally.entries {
            try store.run(
                """
                INSERT INTO tally VALUES (?, ?, ?)
                ON CONFLICT (day, reason) DO UPDATE SET count = count + excluded.count
                """,
                [.day(today), .text(word), .integer(Int64(count))])
        }
        return changes
    }
}
