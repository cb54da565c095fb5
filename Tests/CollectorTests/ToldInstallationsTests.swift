// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Collector

@Suite struct ToldInstallationsTests {
    private static func told(_ numbers: [Int], of whole: Int, k: Int) -> [Int] {
        let counters = numbers.indices.map { Counter(.version, "\($0)") }
        let installations = Dictionary(uniqueKeysWithValues: zip(counters, numbers))
        let told = ToldInstallations(
            installations, of: whole, counts: [:], steps: Steps(k: k)
        ).told
        return counters.map { told[$0, default: 0] }
    }

    /// All ways in which figures of a table may rest on `k` to `whole` installations each.
    private static func tables(_ figures: Int, of whole: Int, k: Int) -> [[Int]] {
        guard figures > 0 else { return [[]] }
        return tables(figures - 1, of: whole, k: k).flatMap { table in
            (k...whole).map { table + [$0] }
        }
    }

    /// Whoever reads what is told of a table knows no more than that one of these tables is it.
    @Test(arguments: [(1, 2, 12), (1, 5, 27), (2, 2, 9), (2, 4, 17), (3, 3, 11)])
    func `how many are not in a figure, or in none, is told from k on alone`(
        figures: Int, k: Int, most: Int
    ) {
        for whole in k...most {
            let tables = Self.tables(figures, of: whole, k: k)
            let alike = Dictionary(grouping: tables) { Self.told($0, of: whole, k: k) }
            for (told, possible) in alike {
                for (figure, number) in told.enumerated() {
                    #expect(number % k == 0 && number >= k)
                    let numbers = possible.map { $0[figure] }
                    #expect(numbers.allSatisfy { number <= $0 }, "at least so many")
                    let missing = numbers.map { whole - $0 }.min() ?? 0
                    #expect(missing == 0 || missing >= k, "\(told) of \(whole)")
                }
                let lacking = possible.map { whole - $0.reduce(0, +) }.min() ?? 0
                #expect(lacking <= 0 || lacking >= k, "\(told) of \(whole)")
            }
        }
    }

    @Test(arguments: [
        ([40], 40, [30]), ([40], 49, [40]), ([40], 50, [40]), ([39], 40, [30]), ([12], 12, [10]),
        ([39, 19], 60, [30, 10]), ([40, 20], 60, [30, 20]), ([40, 20], 80, [40, 20]),
        ([40, 40], 60, [40, 40]), ([10, 10], 20, [10, 10]),
    ])
    func `a table is told in steps`(numbers: [Int], whole: Int, told: [Int]) {
        #expect(Self.told(numbers, of: whole, k: 10) == told)
    }

    @Test func `figures that divide nothing are told each by itself`() {
        let counters = [Counter(.event, "a"), Counter(.event, "b"), Counter(.loss, "c")]
        let installations = Dictionary(uniqueKeysWithValues: counters.map { ($0, 21) })
        let told = ToldInstallations(
            installations, of: 43, counts: [:], steps: Steps(k: 10)
        ).told
        #expect(counters.map { told[$0] } == [20, 20, 20])
    }
}
