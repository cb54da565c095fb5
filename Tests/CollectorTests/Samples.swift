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

func batch(
    _ id: String, of number: Int, hasSecret: Bool = true, tally: Tally = Tally(),
    _ contributions: [Day: [Contribution]]
) -> AdmittedBatch {
    AdmittedBatch(
        id: id, installation: installation(number),
        erasureKeyHash: hasSecret ? SHA256.hash(Array(secret(number).utf8)) : nil,
        contributions: contributions, records: Array("records of \(number)".utf8), recordCount: 1,
        tally: tally)
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
