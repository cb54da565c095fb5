// SPDX-License-Identifier: Apache-2.0

@testable import Collector
import SQLite
import Simulation
@testable import Telemetry
import Testing

/// What happens in the middle of a change of schema.
@Suite struct MigrationTests {
    struct Schema: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let migrations: [Migration]
        /// A table of the first version, with what makes a row in it.
        let table: String
        let row: String
    }

    static let schemas = [
        Schema(
            testDescription: "a home's store", migrations: StoreSchema.migrations, table: "names",
            row: "INSERT INTO names(name) VALUES ('kept')"),
        Schema(
            testDescription: "a collector's store", migrations: CollectorSchema.migrations,
            table: "secret", row: "INSERT INTO secret VALUES ('kept', x'00')"),
    ]

    private let path = "/store.sqlite"

    /// A database on a new disk, as a program left it that knew `version` steps.
    private func disk(_ schema: Schema, at version: Int) throws -> SimulatedDisk {
        let disk = SimulatedDisk()
        let database = try disk.open(path, .create)
        try database.execute("PRAGMA journal_mode = WAL")
        try database.migrate(Array(schema.migrations.prefix(version)))
        if version > 0 { try database.execute(schema.row) }
        return disk
    }

    /// The schema of a database, as SQLite keeps it.
    private func tables(_ disk: SimulatedDisk) throws -> [String] {
        defer { withExtendedLifetime(disk) {} }
        return try tables(disk.open(path, .readOnly))
    }

    private func tables(_ database: Connection) throws -> [String] {
        try database.rows("SELECT sql FROM sqlite_master WHERE sql NOT NULL ORDER BY name") {
            $0.text(0)
        }
    }

    /// Migrates while `fault` meets the write after `writes` others; whether it did.
    private func migrate(
        _ schema: Schema, on disk: SimulatedDisk, _ fault: SimulatedDisk.Fault, after writes: Int
    ) -> Bool {
        disk.plan(fault, afterWrites: writes)
        defer { disk.clear() }
        do {
            let database = try disk.open(path, .readWrite)
            try database.execute("PRAGMA synchronous = NORMAL")
            try database.migrate(schema.migrations)
        } catch {
            return true
        }
        return disk.wasMet
    }

    @Test(arguments: schemas, SimulatedDisk.Fault.allCases)
    func `a migration that is cut short at any write is done whole or not at all`(
        _ schema: Schema, _ fault: SimulatedDisk.Fault
    ) throws {
        for version in 0..<schema.migrations.count {
            for losesPower in [false, true] {
                var writes = 0
                while try survives(schema, from: version, fault, after: writes, losesPower) {
                    writes += 1
                }
                #expect(writes > 2, "\(schema): \(writes) writes")
            }
        }
    }

    /// Looks at what a fault left and at the migration after it; whether the fault was met.
    private func survives(
        _ schema: Schema, from version: Int, _ fault: SimulatedDisk.Fault, after writes: Int,
        _ losesPower: Bool
    ) throws -> Bool {
        let known = schema.migrations.count
        let whole = try tables(disk(schema, at: known))
        let disk = try disk(schema, at: version)
        defer { withExtendedLifetime(disk) {} }
        let before = try tables(disk)
        let wasMet = migrate(schema, on: disk, fault, after: writes)
        if losesPower { _ = disk.losePower(seed: UInt64(writes)) }
        let story: Comment = "from \(version), write \(writes), loss of power: \(losesPower)"
        let database = try disk.open(path, .readWrite)
        let isDone = try database.integer("PRAGMA user_version") == Int64(known)
        #expect(try tables(database) == (isDone ? whole : before), story)
        try database.migrate(schema.migrations)
        #expect(try tables(database) == whole, story)
        let rows = try database.integer("SELECT count(*) FROM \(schema.table)")
        #expect(rows == (version > 0 ? 1 : 0), story)
        #expect(try database.text("PRAGMA integrity_check") == "ok", story)
        return wasMet
    }
}
