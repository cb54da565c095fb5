// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import TestKit
import Testing

/// Which features are used is what a person agreed to tell, and maintainers read.
@Suite struct FeatureUseTests {
    private let arpguard: Arpguard

    init() throws { arpguard = try Arpguard() }

    private func used() throws -> [JSONValue?] {
        let shown = try arpguard("telemetry", "show", "--format", "json").stdout
        return try shown.split(separator: "\n").map { try JSONValue.parse(String($0)) }
            .filter { $0["event_type"] == "feature_usage" }.map { $0["properties"]?["feature"] }
    }

    private func showDashboard() throws {
        let dashboard = try RunningProcess(
            Executables.path("arpguard"),
            ["--home", arpguard.home, "telemetry", "dashboard", "--no-browser"])
        _ = try dashboard.waitForLine(containing: "http://127.0.0.1:")
        dashboard.send(signal: SIGTERM)
        #expect(try dashboard.waitForEnd().status == 0)
    }

    @Test func `a command that is a feature is recorded as used, where somebody agreed`() throws {
        for words in [["bindings"], ["test-alert"]] { #expect(try arpguard(words).status == 0) }
        try showDashboard()
        #expect(try !arpguard.folder.contents().contains { $0.hasSuffix("store.sqlite") })
        #expect(try arpguard("telemetry", "enable", "--confirm").status == 0)
        #expect(try used().isEmpty, "a yes reaches nothing back")
        for words in [["bindings"], ["test-alert"]] { #expect(try arpguard(words).status == 0) }
        try showDashboard()
        #expect(try used() == ["bindings", "test_alert"], "what is recorded is looked at unseen")
    }
}
