// SPDX-License-Identifier: Apache-2.0

import Modules
import TestKit
import Testing

@testable import Collector

/// A kind of storage that has to pass `CollectorStorageTests`. Another implementation joins by one
/// more line in `all`.
struct StorageUnderTest: Sendable, CustomTestStringConvertible {
    /// A storage of its own, and how to open it once more, as another collector does.
    struct Opened {
        let storage: any CollectorStorage
        let reopened: () throws -> any CollectorStorage
    }

    let testDescription: String
    let open: @Sendable () throws -> Opened

    static let all: [StorageUnderTest] = [sqlite] + clickHouse

    static let sqlite = StorageUnderTest(testDescription: "SQLite") {
        let store = try SampleStore()
        return Opened(storage: HeldStorage(storage: store.storage, held: store.folder)) {
            try SQLiteStorage(
                path: store.path, random: SeededRandom(seed: 8), fileSystem: RealFileSystem())
        }
    }
}

/// A storage together with what it needs as long as it is used.
struct HeldStorage<Held: Sendable>: CollectorStorage {
    let storage: any CollectorStorage
    let held: Held

    func commit(_ group: CommitGroup) throws(StorageError) -> [BatchOutcome] {
        try storage.commit(group)
    }

    func erase(
        installation: String, secretHash: [UInt8], on today: Day
    ) throws(StorageError) -> ErasureOutcome {
        try storage.erase(installation: installation, secretHash: secretHash, on: today)
    }

    func expire(by policy: RetentionPolicy, on today: Day) throws(StorageError) {
        try storage.expire(by: policy, on: today)
    }

    func figures(in days: ClosedRange<Day>) throws(StorageError) -> [DayFigures] {
        try storage.figures(in: days)
    }

    func tallies(in days: ClosedRange<Day>) throws(StorageError) -> [Day: DayTally] {
        try storage.tallies(in: days)
    }

    func checkReady() throws(StorageError) {
        try storage.checkReady()
    }
}

extension CollectorStorage {
    /// Commits batches on a day.
    @discardableResult
    func commit(
        _ batches: AdmittedBatch..., tally: Tally = Tally(), on day: Day = today
    ) throws -> [BatchOutcome] {
        try commit(
            CommitGroup(
                id: SystemRandom().bytes(CommitGroup.idBytes), batches: batches, tally: tally,
                today: day))
    }

    /// What was left out in a range of days, of however many batches.
    func tally(in days: ClosedRange<Day>) throws -> Tally {
        try tallies(in: days).values.reduce(into: Tally()) { $0.merge($1.amounts) }
    }

    /// Every figure of the days around the tests' day, as lines such as
    /// `2026-11-24 arpguard 2: event/app_start 2 installations 3`.
    func lines(around day: Day = today) throws -> [String] {
        let days = Day(number: day.number - 100)...Day(number: day.number + 100)
        return try figures(in: days).flatMap { figures in
            ["\(figures.day) \(figures.service): \(figures.installations)"]
                + figures.cells.sorted { $0.key < $1.key }.map { name, cell in
                    "\(name) \(cell.installations) \(cell.count)"
                        + (cell.durations.isEmpty
                            ? "" : " timed \(cell.timedInstallations) \(cell.durations.total)")
                }
        }
    }
}
