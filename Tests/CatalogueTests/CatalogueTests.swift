// SPDX-License-Identifier: Apache-2.0

import Catalogue
import JSON
import Testing

@Suite struct CatalogueTests {
    @Test func `the shipped catalogue has no property that holds text`() {
        for event in Catalogue.standard.events {
            for property in event.properties {
                #expect(property.kind != .identifier, "\(event.name).\(property.name)")
                #expect(property.kind != .version, "\(event.name).\(property.name)")
            }
        }
    }

    @Test func `numbers are never given twice, and names are in snake case`() {
        let events = Catalogue.standard.events
        #expect(Set(events.map(\.id)).count == events.count)
        for event in events {
            #expect(Set(event.properties.map(\.id)).count == event.properties.count)
            let names = [event.name] + event.properties.map(\.name)
            for name in names {
                #expect(name.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x5F })
            }
        }
    }

    @Test func `every choice can be told as other`() {
        for property in Catalogue.standard.events.flatMap(\.properties) {
            guard case .choice(let words) = property.kind else { continue }
            #expect(words.contains("other"))
            #expect(property.admit("nobody declared this") == .accepted("other"))
        }
    }

    @Test func `the digest changes with a bound, a word or a property, and with nothing else`() {
        func digest(_ kind: PropertyKind, purpose: String = "why") -> String {
            Catalogue([
                EventDefinition(
                    id: 1, "e", purpose: purpose,
                    [PropertyDefinition(id: 1, "p", kind, purpose: purpose)])
            ]).digest
        }
        #expect(digest(.count(max: 5)) != digest(.count(max: 6)))
        #expect(digest(.choice(["a"])) != digest(.choice(["a", "b"])))
        #expect(digest(.bool) == digest(.bool, purpose: "better words"))
        #expect(digest(.bool).count == 64)
    }

    @Test func `a host program adds events of its own`() {
        let rule = EventDefinition(
            id: 100, "rule_run", purpose: "Which rules are slow",
            [PropertyDefinition(id: 1, "rule", .choice(["a", "b"]), purpose: "Which")])
        let catalogue = Catalogue.standard.adding(rule)
        #expect(catalogue.event(named: "rule_run") == rule)
        #expect(catalogue.terms.contains("rule_run.rule"))
        #expect(catalogue.digest != Catalogue.standard.digest)
    }

    @Test func `a host program takes over only the shipped events that it records`() {
        let kept = Catalogue.standard.keeping("error", "feature_usage", "unheard_of")
        #expect(kept.events.map(\.name) == ["feature_usage", "error"])
        #expect(kept.event(named: "error") == Catalogue.standard.event(named: "error"))
        #expect(!kept.terms.contains { $0.hasPrefix("alert_generated") })
    }

    @Test func `the other name of a property leads to it`() {
        let event = Catalogue.standard.event(named: "feature_usage")
        #expect(event?.property(named: "feature_name")?.name == "feature")
        #expect(event?.property(named: "nothing") == nil)
    }

    @Test func `the schema as JSON names every event and every property`() throws {
        let json = Catalogue.standard.json
        let events = try #require(json.objectValue?["events"]?.arrayValue)
        let names = events.flatMap { event in
            let object = event.objectValue
            let name = object?["name"]?.stringValue ?? ""
            let properties = object?["properties"]?.arrayValue ?? []
            return [name]
                + properties.compactMap { $0.objectValue?["name"]?.stringValue }
                .map { "\(name).\($0)" }
        }
        #expect(names.sorted() == Catalogue.standard.terms)
    }
}
