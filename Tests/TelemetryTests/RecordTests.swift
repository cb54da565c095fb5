// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Glibc
import Modules
import Synchronization
import Telemetry
import TestKit
import Testing

/// What goes into a record comes out of it, and nothing that the catalogue would not admit.
@Suite struct RecordTests {
    enum Long: String, CaseIterable, Sendable { case first, second }

    private static let wide = Event(
        "wide", since: "1", purpose: "test",
        Property<Int>.count("number", max: .max, since: "1", purpose: "test"),
        Property<Duration>.duration("span", max: .max, since: "1", purpose: "test"),
        Property<String>.identifier("name", since: "1", purpose: "test"),
        Property.choice("word", Long.self, since: "1", purpose: "test"),
        Property<Bool>.bool("flag", since: "1", purpose: "test"))

    private static let catalogue = Catalogue.standard.adding(wide)
    private let home: Home

    init() throws {
        home = try Home()
        try home.enable(catalogue: Self.catalogue)
    }

    private func stored(_ body: (TelemetryModule) -> Void) throws -> [StoredEvent] {
        let module = home.module(catalogue: Self.catalogue)
        module.initialize()
        body(module)
        module.end()
        return try home.control(catalogue: Self.catalogue).events()
    }

    static let values: [PropertyValue] = [
        0, -1, 1_000_000, .integer(1 << 48), .integer((1 << 48) - 1), .integer(.max),
        .integer(.min), .double(2.9), .double(-0.5), .double(.nan), .double(.infinity), true,
        false, "", "first", "second", "other", "SomeName", "a.b", "10.0.0.1", "deadbeef01",
        .string(String(repeating: "a", count: 64)), .string(String(repeating: "a", count: 65)),
        .string(String(repeating: "x", count: 100_000)),
        .string(String(decoding: [0x61, 0xFF, 0xC3] as [UInt8], as: UTF8.self)), "fi\u{301}rst",
    ]

    @Test(arguments: values)
    func `an untyped value is recorded as the catalogue admits it`(_ value: PropertyValue) throws {
        let definition = try #require(Self.catalogue.event(named: "wide"))
        let names = definition.properties.map(\.name)
        let given = Dictionary(uniqueKeysWithValues: names.map { ($0, value) })
        let events = try stored { #expect($0.trackEvent("wide", given)) }
        let admitted = definition.properties.compactMap { property -> StoredEvent.Property? in
            guard case .accepted(let value) = property.admit(value) else { return nil }
            return StoredEvent.Property(property.name, value)
        }
        #expect(events.first?.properties == admitted)
        let refused = try home.control(catalogue: Self.catalogue).status().lost.first?.count ?? 0
        #expect(Int(refused) == names.count - admitted.count)
    }

    @Test(
        arguments: [
            (Int.max, Duration.seconds(Int64.max), "SomeName", Int64.max, Int64.max),
            (1 << 48, .milliseconds(1), "a", 1 << 48, 1),
            (0, .nanoseconds(999_999), "a", 0, 0),
            (7, .seconds(604_463), String(repeating: "Word.", count: 12) + "Word", 7, 604_463_000),
        ] as [(Int, Duration, String, Int64, Int64)])
    func `a typed value of any size is recorded whole`(
        number: Int, span: Duration, name: String, recordedNumber: Int64, milliseconds: Int64
    ) throws {
        let events = try stored {
            #expect($0.track(Self.wide, number, span, name, .second, true))
        }
        #expect(
            events.first?.properties == [
                StoredEvent.Property("number", .integer(recordedNumber)),
                StoredEvent.Property("span", .integer(milliseconds)),
                StoredEvent.Property("name", .string(name)),
                StoredEvent.Property("word", "second"), StoredEvent.Property("flag", true),
            ])
    }

    @Test func `a value under another name gives way to the property's own`() throws {
        let events = try stored { module in
            for (name, other) in [("replay", "watch"), ("watch", "replay")] {
                module.trackEvent(
                    "feature_usage", ["feature": .string(name), "feature_name": .string(other)])
            }
        }
        #expect(events.map { $0.properties.map(\.value) } == [["replay"], ["watch"]])
    }

    /// Records another event while its own name is asked for, as a value's code might.
    private struct Recursive: RawRepresentable, CaseIterable, Sendable {
        static let allCases = [Recursive(rawValue: "one")]
        static let module = Mutex<TelemetryModule?>(nil)
        let padding: Int = 0

        init(rawValue: String) {}

        var rawValue: String {
            Self.module.withLock { $0 }.map { _ = $0.trackEvent("app_start") }
            return "one"
        }
    }

    @Test func `an event in the middle of another is refused and counted, and breaks nothing`()
        throws
    {
        let event = Event(
            "recursive", since: "1", purpose: "test",
            Property.choice("value", Recursive.self, since: "1", purpose: "test"))
        let catalogue = Catalogue.standard.adding(event)
        try home.enable(catalogue: catalogue)
        let module = home.module(catalogue: catalogue)
        module.initialize()
        Recursive.module.withLock { $0 = module }
        #expect(module.track(event, Recursive(rawValue: "one")))
        Recursive.module.withLock { $0 = nil }
        #expect(module.trackEvent("app_stop"))
        module.end()
        let control = home.control(catalogue: catalogue)
        #expect(try control.events().map(\.name) == ["recursive", "app_stop"])
        #expect(try control.status().lost.map(\.reason) == ["queue_full"])
    }
}
