// SPDX-License-Identifier: Apache-2.0

import Dashboard
import HTTPServing
import Telemetry
import TestKit
import Testing

/// Pages that leave nothing out that is so, and say nothing that is not.
@Suite struct TruePageTests {
    @Test(arguments: ["/consent", "/ledger", "/review"])
    func `every command on a page reaches the home of the page`(path: String) throws {
        let scene = try Scene(review: .automatic)
        try scene.enable()
        scene.record(1)
        let dashboard = scene.dashboard { $0.replacing("arpguard ", with: "arpguard --service ") }
        let visitor = try Visitor(dashboard)
        let commands = visitor.text(path).matches(of: /arpguard [a-z-]+ [a-z-]+/).map { $0.0 }
        #expect(!commands.isEmpty)
        #expect(commands.allSatisfy { $0.hasPrefix("arpguard --service ") }, "\(commands)")
        let late = Visitor.post(
            dashboard, "/session", "code=\(dashboard.code)", ["Origin": "null"])
        let text = String(decoding: late.body, as: UTF8.self)
        #expect(text.contains("arpguard --service telemetry dashboard"), "\(text)")
    }
}
