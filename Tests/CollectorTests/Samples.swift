// SPDX-License-Identifier: Apache-2.0

import Hashing
import Modules
import TestKit

@testable import Collector

/// The day on which the tests happen.
let today = ManualClock().now().day

/// An installation identifier made of a number.
func installation(_ number: Int) -> String {
    let digits = String(number)
    return "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
}

/// The secret that may erase an installation.
func secret(_ number: Int) -> String { "secret-of-\(number)" }

/// A batch told from others by a name, with the counts of the figures that it adds to.
func batch(
    _ id: String, of number: Int, hasSecret: Bool = true, tally: Tally = Tally(),
    _ figures: [Day: [String: Int]]
) -> AdmittedBatch {
    AdmittedBatch(
        service: "arpguard", installation: installation(number), day: today,
        id: Array(SHA256.hash(Array(id.utf8)).prefix(AdmittedBatch.idBytes)),
        erasureKeyHash: hasSecret ? SHA256.hash(Array(secret(number).utf8)) : nil,
        figures: figures.mapValues { counts in
            counts.reduce(into: DayCounters()) { $0.add($1.key, amount: $1.value) }
        },
        records: Array("records of \(number)".utf8), recordCount: 1, tally: tally)
}

/// A store in a folder of its own.
struct SampleStore {
    let folder: TemporaryDirectory
    let storage: SQLiteStorage

    var path: String { folder.file("store.sqlite") }

    init() throws {
        folder = try TemporaryDirectory()
        storage = try SQLiteStorage(
            path: folder.file("store.sqlite"), random: SeededRandom(seed: 7),
            fileSystem: RealFileSystem())
    }
}
