// SPDX-License-Identifier: Apache-2.0

import Catalogue
import JSON
import Telemetry
import TestKit
import Testing

/// What a newer catalogue may do under a consent to an older one.
@Suite struct TermsGrowthTests {
    let home: Home

    init() throws { home = try Home() }

    private static func catalogue(
        rules: [String], max: Int64, hasFlag: Bool = false
    ) -> Catalogue {
        let flag = PropertyDefinition(id: 3, "flag", .bool, purpose: "Why")
        return Catalogue([
            EventDefinition(
                id: 1, "run", purpose: "Why",
                [
                    PropertyDefinition(id: 1, "rule", .choice(rules), purpose: "Why"),
                    PropertyDefinition(id: 2, "number", .count(max: max), purpose: "Why"),
                ] + (hasFlag ? [flag] : []))
        ])
    }

    private let old = catalogue(rules: ["a", "b"], max: 10)

    /// What one event becomes in the store and in a batch, under whatever was agreed to.
    private func properties(_ catalogue: Catalogue) throws -> (stored: [String], sent: String) {
        let module = home.module(.withURL, catalogue: catalogue)
        module.initialize()
        module.trackEvent("run", ["rule": "c", "number": 99, "flag": true])
        module.end()
        let control = home.control(.withURL, catalogue: catalogue)
        let stored = try control.events().last?.properties.map { "\($0.name) \($0.value.json)" }
        guard case .sealed(let batch, _) = try control.preview() else { return (stored ?? [], "") }
        return (stored ?? [], batch.json?.serialized(.compact) ?? "")
    }

    @Test func `a longer list, a higher bound and a new property wait for a new yes`() throws {
        try home.enable(.withURL, catalogue: old)
        let new = Self.catalogue(rules: ["a", "b", "c"], max: 100, hasFlag: true)
        let control = home.control(.withURL, catalogue: new)
        let status = try control.status()
        #expect(status.blockedBy.isEmpty)
        #expect(status.withheldProperties == ["run.flag", "run.number", "run.rule"])
        #expect(try properties(new).stored == [])
        #expect(try !properties(new).sent.contains("\"number\""))
        try home.enable(.withURL, catalogue: new)
        #expect(try control.status().withheldProperties == [])
        #expect(try properties(new).stored.count == 3)
    }

    @Test func `a shorter list and a lower bound need no new yes`() throws {
        try home.enable(.withURL, catalogue: Self.catalogue(rules: ["a", "b", "c"], max: 100))
        #expect(
            try home.control(.withURL, catalogue: old).status().withheldProperties == [])
        #expect(try properties(old).stored.count == 2)
    }

    @Test func `what was recorded before the list grew is not sent with the longer list`() throws {
        try home.enable(.withURL, catalogue: old)
        let module = home.module(.withURL, catalogue: old)
        module.initialize()
        module.trackEvent("run", ["rule": "a", "number": 3])
        module.end()
        let new = Self.catalogue(rules: ["a", "b", "c"], max: 10)
        guard case .sealed(let batch, _) = try home.control(.withURL, catalogue: new).preview()
        else {
            Issue.record("nothing was sealed")
            return
        }
        let sent = try #require(batch.json?.serialized(.compact))
        #expect(sent.contains("\"number\""))
        #expect(!sent.contains("\"rule\""))
    }

    @Test func `a consent that does not say what it covered covers no property`() throws {
        try home.enable(.withURL, catalogue: old)
        let bytes = try home.folder.read("home/telemetry/consent.json")
        var record = try #require(try JSONValue.parse(bytes: bytes).objectValue)
        var terms = try #require(record["terms"]?.objectValue)
        terms["kinds"] = nil
        terms["catalogue_digest"] = "0000"
        record["terms"] = .object(terms)
        try home.folder.write(
            Array(JSONValue.object(record).serialized(.pretty).utf8),
            to: "home/telemetry/consent.json")
        let status = try home.control(.withURL, catalogue: old).status()
        #expect(status.withheldProperties == ["run.number", "run.rule"])
    }
}
