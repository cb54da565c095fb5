// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Modules
import OTLP
import TestKit
import Testing

@testable import Telemetry

@Suite struct GeneralisationTests {
    @Test(
        arguments: [
            (0, 1), (1, 1), (2, 3), (10, 10), (11, 30), (1250, 3000), (600_001, 86_400_000),
            (86_400_000, 86_400_000),
        ] as [(Int64, Int64)])
    func `milliseconds are rounded up to a dozen steps`(exact: Int64, coarse: Int64) {
        let kind = PropertyKind.duration(.milliseconds, max: 86_400_000)
        #expect(Generalisation.coarse(exact, kind) == coarse)
        #expect(Generalisation.millisecondSteps.count == 12)
    }

    @Test(
        arguments: [
            (0, 0), (1, 1), (2, 2), (3, 2), (660, 512), (1024, 1024), (1_000_000_000, 536_870_912),
        ] as [(Int64, Int64)])
    func `counts and seconds are cut to powers of two`(exact: Int64, coarse: Int64) {
        #expect(Generalisation.coarse(exact, .count(max: 1_000_000_000)) == coarse)
        #expect(Generalisation.coarse(exact, .duration(.seconds, max: 1_000_000_000)) == coarse)
    }

    @Test func `two events that differ below the resolution become one`() throws {
        let run = try #require(Catalogue.standard.event(named: "detection_run"))
        func event(_ second: Int64, _ frames: Int64, _ milliseconds: Int64) -> StoredEvent {
            StoredEvent(
                epoch: 1, time: Timestamp(seconds: 1_795_392_000 + second), name: "detection_run",
                properties: [
                    StoredEvent.Property("frames", .integer(frames)),
                    StoredEvent.Property("duration_ms", .integer(milliseconds)),
                    StoredEvent.Property("mode", "replay"),
                ])
        }
        let first = Generalisation.generalise(event(5, 660, 1250), run)
        #expect(first == Generalisation.generalise(event(86_399, 1000, 2999), run))
        #expect(first != Generalisation.generalise(event(86_400, 660, 1250), run))
        #expect(first != Generalisation.generalise(event(5, 1024, 1250), run))
    }

    @Test(
        arguments: [
            .count(max: 0), .count(max: 1), .count(max: 1000), .duration(.seconds, max: 300),
            .duration(.milliseconds, max: 1), .duration(.milliseconds, max: 99),
            .duration(.milliseconds, max: 100), .duration(.milliseconds, max: 700),
        ] as [PropertyKind])
    func `as many values are counted as there are`(kind: PropertyKind) throws {
        let max: Int64 =
            switch kind {
            case .count(let max), .duration(_, let max): max
            default: 0
            }
        let values = Set((0...max).map { Generalisation.coarse($0, kind) })
        #expect(Distinctness.values(of: kind) == values.count + 1)
    }

    @Test func `the shipped catalogue limits what can be said`() throws {
        for event in Catalogue.standard.events {
            #expect(try #require(Distinctness.records(of: event)) < 3_000_000, "\(event.name)")
        }
        let start = try #require(Catalogue.standard.event(named: "app_start"))
        #expect(Distinctness.records(of: start) == 60)
        let losses = Set((0...Generalisation.lossMax + 5).map { Generalisation.coarseLoss($0) })
        var batches = 1
        for reason in LossReason.allCases where reason != .revoked { batches *= losses.count }
        #expect(Distinctness.batches == batches)
    }

    /// Moves a number to another one that is made coarse to the same.
    private static func moved(
        _ number: Int64, _ kind: PropertyKind, _ random: SeededRandom
    ) -> Int64 {
        let steps = Generalisation.millisecondSteps
        if case .duration(.milliseconds, _) = kind {
            let step = steps.firstIndex { $0 >= number } ?? steps.count - 1
            let low = step == 0 ? 0 : steps[step - 1] + 1
            return low + Int64(random.uniform(below: UInt64(steps[step] - low + 1)))
        }
        guard number > 0 else { return 0 }
        let power = Int64(1) << (63 - number.leadingZeroBitCount)
        return power + Int64(random.uniform(below: UInt64(power)))
    }

    @Test(arguments: 1...40)
    func `streams that differ below the resolution alone seal to equal records`(seed: Int) throws {
        let random = SeededRandom(seed: UInt64(seed))
        let definitions = Catalogue.standard.events
        var (one, other): ([StoredEvent], [StoredEvent]) = ([], [])
        for _ in 0..<30 {
            let event = definitions[Int(random.uniform(below: UInt64(definitions.count)))]
            let second = {
                Timestamp(seconds: 1_795_392_000 + Int64(random.uniform(below: 86_400)))
            }
            var (first, moved): ([StoredEvent.Property], [StoredEvent.Property]) = ([], [])
            for property in event.properties {
                switch property.kind {
                case .choice(let words):
                    let word = words[Int(random.uniform(below: UInt64(words.count)))]
                    first.append(.init(property.name, .string(word)))
                    moved.append(.init(property.name, .string(word)))
                case .count(let max), .duration(_, let max):
                    let number = Int64(random.uniform(below: UInt64(min(max, 1_000_000))))
                    let near = Self.moved(number, property.kind, random)
                    first.append(.init(property.name, .integer(number)))
                    moved.append(.init(property.name, .integer(near)))
                case .identifier, .version, .bool: break
                }
            }
            one.append(StoredEvent(epoch: 1, time: second(), name: event.name, properties: first))
            other.append(StoredEvent(epoch: 1, time: second(), name: event.name, properties: moved))
        }
        #expect(one != other)
        #expect(try Self.sealed(one.shuffled()) == Self.sealed(other.shuffled()))
        #expect(try Self.encoded(one, isCoarse: true) == Self.built(one, isCoarse: true))
        #expect(try Self.encoded(one, isCoarse: false) == Self.built(one, isCoarse: false))
    }

    private static let batchID = String(repeating: "7", count: 26)
    private static let builder = BatchRequest(
        product: Product("arpguard", version: "0.1.0"), catalogue: .standard,
        installationID: "one", erasureKeyHash: nil, losses: [(reason: "catalogue", count: 4)])

    /// What the records of a batch say, without what tells one from another.
    private static func sealed(_ events: [StoredEvent]) throws -> [String] {
        let request = try ExportLogsRequest(decoding: encoded(events, isCoarse: true))
        return request.resourceLogs.flatMap(\.scopeLogs).flatMap(\.logRecords).map { record in
            var record = record
            record.attributes.removeAll { $0.key == BatchRequest.uidKey }
            return "\(record)"
        }.sorted()
    }

    /// The bytes of a batch as they are sealed: in one pass over rows of a store.
    private static func encoded(_ events: [StoredEvent], isCoarse: Bool) throws -> [UInt8] {
        var names: [UInt64: String] = [:]
        func number(_ name: String) -> UInt64 {
            if let known = names.first(where: { $0.value == name }) { return known.key }
            names[UInt64(names.count + 1)] = name
            return UInt64(names.count)
        }
        let rows = events.map { event in
            WaitingRow(
                row: 1, time: event.time.nanoseconds, name: number(event.name),
                properties: Self.row(event.properties, number))
        }
        let terms = ConsentTerms(catalogue: .standard, config: .withURL)
        let plans = EventPlans(.standard, Permit(current: terms, agreed: terms), names: names)
        var encoder = RecordEncoder(
            plans, batchID: batchID, isCoarse: isCoarse, capacity: rows.count)
        for row in rows {
            let isWhole = encoder.add(row)
            #expect(isWhole)
        }
        return builder.encoded(encoder)
    }

    /// The properties as the bytes of a row.
    private static func row(
        _ properties: [StoredEvent.Property], _ number: (String) -> UInt64
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        for property in properties {
            bytes.append(varint: number(property.name))
            switch property.value {
            case .string(let word):
                bytes.append(StoredProperties.Tag.string)
                bytes.append(varint: number(word))
            case .integer(let value):
                bytes.append(StoredProperties.Tag.integer)
                bytes.append(varint: UInt64(max(0, value)))
            case .boolean(let flag):
                bytes.append(flag ? StoredProperties.Tag.yes : StoredProperties.Tag.no)
            case .double: Issue.record("a fraction passed the catalogue")
            }
        }
        return bytes
    }

    /// The bytes of the same batch, built of values piece by piece.
    private static func built(_ events: [StoredEvent], isCoarse: Bool) throws -> [UInt8] {
        let final = try events.map { event in
            let definition = try #require(Catalogue.standard.event(named: event.name))
            return isCoarse ? Generalisation.generalise(event, definition) : event
        }
        return builder.build(final, batchID: batchID).encoded()
    }
}
