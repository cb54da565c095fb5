// SPDX-License-Identifier: Apache-2.0

import Catalogue
import JSON
import Modules
import TestKit
import Testing

@testable import Telemetry

/// A property that nobody agreed to, on each of the places at which it could be let in.
@Suite struct WithheldPropertyTests {
    private let home: Home

    init() throws { home = try Home() }

    /// What a first version of a program collects, and what a later one does besides: a property
    /// of each kind.
    private static let first = Catalogue.standard.adding(
        Event(
            "probe", since: "1.0", purpose: "Why",
            Property.bool("known", since: "1.0", purpose: "Why")))
    private static let probe = Event(
        "probe", since: "1.0", purpose: "Why",
        Property.bool("known", since: "1.0", purpose: "Why"),
        Property.bool("flag", since: "2.0", purpose: "Why"),
        Property.count("number", since: "2.0", purpose: "Why"),
        Property.identifier("label", since: "2.0", purpose: "Why"))
    private static let second = Catalogue.standard.adding(probe)

    private static let number = 0x5E_C2E7
    private static let label = "LabelThatNobodyAgreedTo"
    private static let withheld = ["flag", "number", "label"]

    /// The bytes by which each of them would stand in a journal.
    private static var traces: [(String, [UInt8])] {
        func bytes(_ word: UInt64) -> [UInt8] {
            (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) }
        }
        return [
            ("flag", bytes(RecordLayout.property(1, RecordLayout.Tag.boolean, 1))),
            ("number", bytes(RecordLayout.property(2, RecordLayout.Tag.integer, UInt64(number)))),
            ("label", Array(label.utf8)),
        ]
    }

    /// The properties of `traces` that stand in the home's journals.
    private func inJournals() throws -> [String] {
        let journals = try home.folder.contents().filter { $0.hasSuffix(".journal") }
        try #require(!journals.isEmpty)
        let bytes = try journals.map { try home.folder.read($0) }
        return Self.traces.filter { trace in
            bytes.contains { $0.firstRange(of: trace.1) != nil }
        }.map(\.0)
    }

    enum Way: CaseIterable, Sendable { case typed, byName }

    private func track(_ way: Way, in module: TelemetryModule) {
        switch way {
        case .typed:
            #expect(module.track(Self.probe, true, true, Self.number, Self.label))
        case .byName:
            let values: [String: PropertyValue] = [
                "known": true, "flag": true, "number": PropertyValue(Self.number),
                "label": .string(Self.label),
            ]
            #expect(module.trackEvent("probe", values))
        }
    }

    private func isAgreed(_ catalogue: Catalogue) throws {
        try home.enable(catalogue: catalogue)
    }

    @Test(arguments: Way.allCases)
    func `what nobody agreed to does not even get into a journal`(way: Way) throws {
        try isAgreed(Self.first)
        let module = home.module(catalogue: Self.second)
        module.initialize(flushMilliseconds: nil)
        track(way, in: module)
        #expect(try inJournals() == [])
        // Where somebody did, each is there.
        try isAgreed(Self.second)
        module.flush()
        track(way, in: module)
        #expect(try inJournals() == Self.withheld)
        module.end()
    }

    @Test(arguments: Way.allCases)
    func `what is in a journal, and no longer agreed to, is not stored`(way: Way) throws {
        try isAgreed(Self.second)
        let module = home.module(catalogue: Self.second)
        module.initialize(flushMilliseconds: nil)
        track(way, in: module)
        #expect(try inJournals() == Self.withheld)
        // A program of the older version asked, and goes on with the same consent.
        try isAgreed(Self.first)
        module.end()
        let event = try #require(try home.control(catalogue: Self.second).events().last)
        #expect(event.properties.map(\.name) == ["known"])
        #expect(try !home.holds(Self.label))
    }

    @Test func `what is stored, and no longer agreed to, is not sent`() throws {
        try isAgreed(Self.second)
        let module = home.module(catalogue: Self.second)
        module.initialize(flushMilliseconds: nil)
        track(.typed, in: module)
        module.end()
        try isAgreed(Self.first)
        let control = home.control(catalogue: Self.second)
        #expect(try control.events().last?.properties.count == 4)
        guard case .sealed(let batch, _) = try control.preview() else {
            throw TestKitError("nothing was sealed")
        }
        let sent = try #require(batch.json?.serialized(.compact))
        #expect(sent.contains("\"known\""))
        for name in Self.withheld { #expect(!sent.contains("\"\(name)\""), "\(name)") }
    }
}
