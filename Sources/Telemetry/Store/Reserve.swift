// SPDX-License-Identifier: Apache-2.0

import Modules
import SQLite

/// A file that takes room on the disk and holds nothing: on a full disk, deleting data needs some
/// room before it frees any.
struct Reserve: Sendable {
    /// The length of the file.
    static let bytes = 128 << 10

    let directory: TelemetryDirectory
    let files: any FileSystem

    /// Makes the file, unless it is there.
    func make() throws(SystemError) {
        guard try files.status(of: directory.reserve) == nil else { return }
        do throws(SystemError) {
            _ = try files.map(directory.reserve, bytes: Self.bytes, create: true)
        } catch {
            try? files.remove(directory.reserve)
            throw error
        }
    }

    func giveUp() throws(SystemError) { try files.remove(directory.reserve) }
}

extension TelemetryControl {
    /// Runs a part of a deletion. Where the disk is full, what is to be deleted anyway is removed
    /// first, and the part is run once more; so it must be able to run twice.
    func makingRoom<Result>(_ deletion: () throws -> Result) throws -> Result {
        do {
            return try deletion()
        } catch  where Self.isDiskFull(error) {
            try Reserve(directory: directory, files: seams.files).giveUp()
            for path in [directory.damagedStore, directory.damagedJournal] {
                try seams.files.remove(path)
            }
            try removeEndedJournals()
            return try deletion()
        }
    }

    /// Runs a change that has to be made, and once more without the reserve where the disk is full.
    /// Nothing else is given up for it.
    func usingReserve<Result>(_ change: () throws -> Result) throws -> Result {
        do {
            return try change()
        } catch  where Self.isDiskFull(error) {
            try Reserve(directory: directory, files: seams.files).giveUp()
            return try change()
        }
    }

    private static func isDiskFull(_ error: any Error) -> Bool {
        switch error {
        case let error as SystemError: error.code == SystemError.diskFull
        case let error as SQLiteError: error.isFull
        default: false
        }
    }

    private func removeEndedJournals() throws(SystemError) {
        let folder = directory.journals
        for name in try seams.files.names(in: folder) where name.hasSuffix(Journal.suffix) {
            guard let lock = try seams.files.lock("\(folder)/\(name)") else { continue }
            try seams.files.remove("\(folder)/\(name)")
            withExtendedLifetime(lock) {}
        }
    }
}

extension Store {
    /// How many rows a step deletes.
    private static let stepRows = 200

    /// Runs a transaction that deletes everything; where the disk is too full for that, the rows
    /// are deleted first in steps that need little room and free more.
    func deleting(_ transaction: () throws -> Void) throws {
        do {
            try transaction()
        } catch let error as SQLiteError where error.isFull {
            for (table, rows) in [("events", Self.stepRows), ("batches", 1)] {
                try deleteInSteps(table, rows)
            }
            try transaction()
        }
    }

    private func deleteInSteps(_ table: String, _ rows: Int) throws {
        repeat {
            try database.run(
                "DELETE FROM \(table) WHERE id IN (SELECT id FROM \(table) LIMIT \(rows))")
            let isOver = database.changes == 0
            try database.execute("PRAGMA incremental_vacuum")
            _ = try database.integer("PRAGMA wal_checkpoint(TRUNCATE)")
            if isOver { return }
        } while true
    }
}
