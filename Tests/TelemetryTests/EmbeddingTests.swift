// SPDX-License-Identifier: Apache-2.0

import Catalogue
import JSON
import Synchronization
import Telemetry
import TestKit
import Testing

/// What a host program writes, word for word as it would.
private enum Rule: String, CaseIterable, Sendable { case unused, naming, length }

private let ruleRun = Event(
    "rule_run", since: "2.1", purpose: "Which rules are slow",
    Property.choice("rule", Rule.self, since: "2.1", purpose: "Which rule ran"),
    Property.duration("duration_ms", since: "2.1", purpose: "How long it took"))

private let fileRead = Event(
    "file_read", since: "2.1", purpose: "Which files are large",
    Property.choice("rule", Rule.self, since: "2.1", purpose: "Which rule read it"),
    Property.count("lines", max: 1000, since: "2.1", purpose: "How long it was"),
    Property.bool("is_new", since: "2.1", purpose: "Whether it was new"),
    Property.identifier("kind", since: "2.1", purpose: "What kind of file"))

private struct LintError: Error {}

@Suite struct EmbeddingTests {
    let home: Home
    let catalogue = Catalogue.standard.adding(ruleRun)

    init() throws {
        home = try Home()
        try home.enable(catalogue: catalogue)
    }

    private func recorded(_ body: (TelemetryModule) throws -> Void) throws -> [StoredEvent] {
        let telemetry = home.module(catalogue: catalogue)
        telemetry.initialize()
        try body(telemetry)
        telemetry.end()
        return try home.control(catalogue: catalogue).events()
    }

    @Test func `a host's own event is recorded with its types`() throws {
        let events = try recorded { telemetry in
            #expect(telemetry.status.isRecording)
            #expect(telemetry.track(ruleRun, .unused, .milliseconds(12)))
            #expect(telemetry.track(ruleRun, .length, .seconds(3)))
        }
        #expect(
            events.map(\.properties) == [
                [StoredEvent.Property("rule", "unused"), StoredEvent.Property("duration_ms", 12)],
                [
                    StoredEvent.Property("rule", "length"),
                    StoredEvent.Property("duration_ms", 3000),
                ],
            ])
    }

    @Test func `measure records how long, and an error if the body throws`() throws {
        let events = try recorded { telemetry in
            #expect(telemetry.measure("lint") { 42 } == 42)
            #expect(throws: LintError.self) {
                try telemetry.measure("lint") { () throws(LintError) -> Int in throw LintError() }
            }
        }
        #expect(events.map(\.name) == ["feature_usage", "error", "feature_usage"])
    }

    @Test func `measure knows a host's features where the host declares the event`() throws {
        func features(_ catalogue: Catalogue) throws -> [PropertyValue] {
            let home = try Home()
            try home.enable(catalogue: catalogue)
            let telemetry = home.module(catalogue: catalogue)
            telemetry.initialize()
            telemetry.measure("naming") {}
            telemetry.end()
            return try home.control(catalogue: catalogue).events().flatMap(\.properties)
                .filter { $0.name == "feature" }.map(\.value)
        }
        let own = Event(
            "feature_usage", since: "2.1", purpose: "Which features are used",
            Property.choice("feature", Rule.self, since: "2.1", purpose: "Which feature"),
            Property.duration("duration_ms", since: "2.1", purpose: "How long it took"))
        #expect(try features(.standard) == ["other"])
        #expect(try features(Catalogue.standard.keeping("error").adding(own)) == ["naming"])
    }

    @Test func `a typed version is recorded if it is one`() throws {
        let loaded = Event(
            "rules_loaded", since: "2.1", purpose: "Which rules people have",
            Property.version("rules_version", since: "2.1", purpose: "Their version"))
        let home = try Home()
        let catalogue = Catalogue.standard.adding(loaded)
        try home.enable(catalogue: catalogue)
        let telemetry = home.module(catalogue: catalogue)
        telemetry.initialize()
        #expect(telemetry.track(loaded, "2.10.3-beta"))
        #expect(telemetry.track(loaded, "of ada@example.org"))
        telemetry.end()
        let events = try home.control(catalogue: catalogue).events()
        #expect(
            events.map(\.properties)
                == [[StoredEvent.Property("rules_version", "2.10.3-beta")], []])
        #expect(try home.control(catalogue: catalogue).status().lost.map(\.count) == [1])
    }

    @Test func `values from variables become properties`() throws {
        let (feature, count, elapsed) = ("lint", 7, Duration.milliseconds(5))
        let events = try recorded { telemetry in
            let isRecorded = telemetry.trackEvent(
                "feature_usage",
                [
                    "feature": PropertyValue(feature), "hosts_found": PropertyValue(count),
                    "duration_ms": PropertyValue(elapsed),
                ])
            #expect(isRecorded)
        }
        #expect(events.first?.properties.count == 3)
    }

    @Test func `a typed value out of its bounds is refused and counted, the event stays`() throws {
        let events = try recorded { telemetry in
            #expect(telemetry.track(ruleRun, .naming, .milliseconds(-1)))
        }
        #expect(events.first?.properties == [StoredEvent.Property("rule", "naming")])
        #expect(try home.control().status().lost.map(\.count) == [1])
    }

    @Test func `an event that the catalogue lacks or the consent does not cover is not recorded`()
        throws
    {
        let plain = home.module()
        plain.initialize()
        #expect(!plain.track(ruleRun, .unused, .zero))
        plain.end()
        let other = try Home()
        try other.enable()
        let telemetry = other.module(catalogue: catalogue)
        telemetry.initialize()
        #expect(!telemetry.track(ruleRun, .unused, .zero))
        telemetry.end()
    }

    @Test func `disable elsewhere stops typed events at once, and a new yes lets them go on`()
        throws
    {
        let telemetry = home.module(catalogue: catalogue)
        telemetry.initialize()
        defer { telemetry.end() }
        #expect(telemetry.track(ruleRun, .unused, .zero))
        try home.control(catalogue: catalogue).disable()
        #expect(!telemetry.track(ruleRun, .unused, .zero))
        try home.enable(catalogue: catalogue)
        #expect(telemetry.track(ruleRun, .unused, .zero))
    }

    @Test func `threads beyond the number of segments share one, and every event is accounted for`()
        throws
    {
        let threads = 40
        let perThread = 200
        let accepted = Atomic<Int>(0)
        let events = try recorded { telemetry in
            let ready = Barrier(threads)
            ParallelThreads.run(threads) { index in
                if telemetry.track(ruleRun, .unused, .zero) { accepted.add(1, ordering: .relaxed) }
                // All are alive at once: most of them find no segment of their own.
                ready.wait()
                for _ in 1..<perThread where telemetry.track(ruleRun, .naming, .milliseconds(index))
                {
                    accepted.add(1, ordering: .relaxed)
                }
            }
        }
        #expect(events.count == accepted.load(ordering: .relaxed))
        let dropped = try home.control(catalogue: catalogue).status().lost.first?.count ?? 0
        #expect(events.count + Int(dropped) == threads * perThread)
        #expect(events.count > 26 * 60)
    }

    @Test func `an event of four properties of every kind keeps to its bounds`() throws {
        let catalogue = Catalogue.standard.adding(fileRead)
        try home.enable(catalogue: catalogue)
        let module = home.module(catalogue: catalogue)
        module.initialize()
        for lines in [7, 2000, -1] {
            #expect(module.track(fileRead, .naming, lines, lines > 7, "Swift.Source"))
        }
        #expect(module.track(fileRead, .unused, 0, false, "10.0.0.1"))
        // The same by its name: as a host that has no types does.
        #expect(module.trackEvent("file_read", ["lines": 3, "is_new": true]))
        module.end()
        let control = home.control(catalogue: catalogue)
        let told = try control.events().map { event in
            event.properties.map { "\($0.name)=\($0.value.json.serialized(.compact))" }
                .joined(separator: " ")
        }
        #expect(
            told == [
                #"rule="naming" lines=7 is_new=false kind="Swift.Source""#,
                #"rule="naming" lines=1000 is_new=true kind="Swift.Source""#,
                #"rule="naming" is_new=false kind="Swift.Source""#,
                #"rule="unused" lines=0 is_new=false"#, "lines=3 is_new=true",
            ])
        #expect(try control.status().lost.map(\.count) == [2])
    }

    @Test(arguments: ["10.0.0.7", "192.168.17.42", "0171.234.5678", "4111.1111.1111.1111"])
    func `a version that could be an address or a number of a person is recorded nowhere`(
        text: String
    ) throws {
        let linked = Event(
            "linked", since: "2.1", purpose: "Which libraries are in use",
            Property.version("version", since: "2.1", purpose: "Which version"))
        let catalogue = Catalogue.standard.adding(linked)
        try home.enable(catalogue: catalogue)
        let module = home.module(catalogue: catalogue)
        module.initialize()
        for version in ["10.0.22631.4460", text] { #expect(module.track(linked, version)) }
        module.trackEvent("linked", ["version": .string(text)])
        module.end()
        let versions = try home.control(catalogue: catalogue).events().map { event in
            event.properties.first { $0.name == "version" }?.value
        }
        #expect(versions.compactMap(\.self) == ["10.0.22631.4460"])
        #expect(try !home.holds(text, except: [".journal"]))
    }

    @Test(arguments: ["Annsbook", "annsbook.types", "Check_anna.meier", "AnnaMeier", "AnnaScan"])
    func `an identifier that names this machine or its person is recorded nowhere`(
        name: String
    ) throws {
        let catalogue = Catalogue.standard.adding(fileRead)
        try home.enable(catalogue: catalogue)
        var seams = home.seams()
        seams.ownNames = OwnNames { ["annsbook", "anna.meier", "Anna Meier"] }
        let module = TelemetryModule(
            for: Product("arpguard", version: "0.1.0"), catalogue: catalogue, config: .withURL,
            home: home.folder.file("home"), seams: seams)
        module.initialize()
        #expect(module.track(fileRead, .naming, 1, true, name))
        #expect(module.track(fileRead, .naming, 2, true, "Swift.Source"))
        module.end()
        let kinds = try home.control(catalogue: catalogue).events().map { event in
            event.properties.first { $0.name == "kind" }?.value
        }
        #expect(kinds == [nil, "Swift.Source"])
        let lost = try home.control(catalogue: catalogue).status().lost
        #expect(lost.map(\.reason) == ["catalogue"] && lost.map(\.count) == [1])
        #expect(try !home.holds(name, except: [".journal"]))
    }
}
