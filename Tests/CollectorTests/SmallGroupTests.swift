// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import Modules
import TestKit
import Testing

@testable import Collector

/// Whether anything that is published tells a group of few installations from none.
@Suite struct SmallGroupTests {
    private static let days = Day(number: today.number - 9)...today

    /// Everything that a collector publishes, by what it is.
    private static func published(_ collector: SampleCollector) throws -> [String: [UInt8]] {
        let query = "?from=\(days.lowerBound)&to=\(days.upperBound)"
        var texts: [String: [UInt8]] = [:]
        for path in ["/", "/api/v1/insight"] {
            for target in ["", query, query + "&service=swiftlinter"].map({ path + $0 }) {
                let reply = try collector.admin(target)
                let headers = reply.headers.filter { $0.name.lowercased() != "date" }
                texts[target] = Array("\(reply.status) \(headers)\n\(reply.text)".utf8)
            }
        }
        for format in ["table", "json"] {
            let printed = try CommandRunner.run(
                Executables.path("arpguard-collector"),
                [
                    "insight", "--store", "sqlite:\(collector.store.path)", "--format", format,
                    "--from", "\(days.lowerBound)", "--to", "\(days.upperBound)",
                ])
            #expect(printed.status == 0, "\(printed.stderr)")
            texts["insight --format \(format)"] = Array(printed.stdout.utf8)
        }
        for (name, bytes) in try exported(collector) { texts["export \(name)"] = bytes }
        return texts
    }

    /// The files of an export, once the days are folded.
    private static func exported(
        _ collector: SampleCollector
    ) throws -> [(name: String, bytes: [UInt8])] {
        let storage = collector.store.storage
        let policy = RetentionPolicy()
        try storage.expire(by: policy, on: Day(number: today.number + Int32(policy.openDays) + 1))
        let first = try storage.insight(in: days, k: 10, isFinal: true)
        let others = try first.services.filter { $0 != first.service }.map {
            try storage.insight(of: $0, in: days, k: 10, isFinal: true)
        }
        return StaticExport([first] + others, retention: policy).files
    }

    @Test(arguments: SmallGroup.all)
    func `what is published is the same with a small group and without it`(
        _ group: SmallGroup
    ) throws {
        let (with, without) = (
            try group.collector(isThere: true), try group.collector(isThere: false)
        )
        func kept(_ collector: SampleCollector) throws -> String {
            let storage = collector.store.storage
            return try "\(storage.figures(in: Self.days)) \(storage.tallies(in: Self.days))"
        }
        #expect(try kept(with) != kept(without), "the group is there")
        let (one, other) = (try Self.published(with), try Self.published(without))
        #expect(one.keys == other.keys)
        for (name, bytes) in one {
            let (text, otherText) = (
                String(decoding: bytes, as: UTF8.self),
                String(decoding: other[name] ?? [], as: UTF8.self)
            )
            #expect(text == otherText, "\(name)")
        }
        let page = String(decoding: one["/"] ?? [], as: UTF8.self)
        for word in ["arp_scan", "capture_missing", "queue_full", "property.unknown"] {
            #expect(page.contains(word), "the others are shown")
        }
    }

    @Test func `every reading says the same of small groups, also where there are none`() throws {
        let line = "Groups of fewer than 10 installations are not shown."
        for isEmpty in [true, false] {
            let collector =
                try isEmpty
                ? SampleCollector(k: 10) : SmallGroup.all[0].collector(isThere: false)
            let texts = try Self.published(collector)
            func times(_ name: String) -> Int {
                String(decoding: texts[name] ?? [], as: UTF8.self)
                    .split(separator: line, omittingEmptySubsequences: false).count - 1
            }
            #expect(times("/") == CounterGroup.allCases.count)
            #expect(times("export index.html") == CounterGroup.allCases.count)
            #expect(times("insight --format table") == 1)
        }
    }

    @Test(arguments: SmallWorlds.all)
    func `whatever is published of a day can come of one without a small group`(
        _ worlds: SmallWorlds
    ) {
        for number in worlds.installations {
            var canBeWithout: [String: Bool] = [:]
            worlds.forEach(of: number) { world in
                let isWithout = !world.hasSmallGroup(k: worlds.k)
                canBeWithout.merge([world.published(k: worlds.k): isWithout]) { $0 || $1 }
            }
            #expect(canBeWithout.count > 1 || number == worlds.k, "something is told")
            #expect(canBeWithout.filter { !$0.value }.keys.sorted() == [])
        }
    }

    @Test(arguments: 2...5)
    func `what is left out tells of no few that brought nothing of it`(k: Int) {
        func told(_ amount: Int) -> Int? {
            var tally = DayTally()
            tally.add(.event, amount, of: k)
            return tally.shown(k: k).counts[.event]
        }
        for (told, amounts) in Dictionary(grouping: k..<6 * k, by: told) {
            let most = amounts.max() ?? 0
            #expect(amounts.allSatisfy { $0 >= told ?? .max }, "at least so much")
            for installations in k...4 * k {
                // Each of those who brought it brought one or more.
                let lacking = (k...min(most, installations)).map { installations - $0 }
                #expect(lacking.contains { $0 == 0 || $0 >= k }, "\(amounts)")
            }
        }
    }
}
