// SPDX-License-Identifier: Apache-2.0

import JSON
import TestKit
import Testing

/// Several processes that decide at once.
@Suite struct ConcurrentDecisionTests {
    let arpguard: Arpguard

    init() throws { arpguard = try Arpguard() }

    @Test(arguments: [
        ["enable", "disable"], ["enable", "delete-data"], ["disable", "delete-data"],
        ["enable", "disable", "delete-data", "rotate-id"],
    ])
    func `each is done whole, and the last state is one of them`(commands: [String]) throws {
        #expect(try arpguard("telemetry", "enable", "--confirm").status == 0)
        let environment = ["ARPGUARD_HOME": arpguard.home, "HOME": arpguard.folder.path]
        for _ in 0..<4 {
            let processes = try (commands + commands).map { command in
                try RunningProcess(
                    Executables.path("arpguard"),
                    ["telemetry", command] + (command == "disable" ? [] : ["--confirm"]),
                    environment: environment)
            }
            for process in processes {
                let result = try process.waitForEnd()
                // Who had to wait too long says so, and has done nothing.
                let isBusy =
                    result.stderr.contains("is at work on this home")
                    || result.stderr.contains("no installation identifier")
                #expect(result.status == 0 || isBusy, "\(result.stderr)")
            }
        }
        let status = try JSONValue.parse(
            arpguard("telemetry", "status", "--format", "json").stdout)
        let blocked = status["blocked_by"]?.arrayValue?.compactMap(\.stringValue) ?? []
        #expect(blocked == [] || blocked == ["withdrawn"])
        #expect(status["store_error"] == .null)
        #expect(try arpguard("telemetry", "log", "--verify").status == 0)
        let intents = try arpguard.folder.contents().filter { $0.hasSuffix(".intent") }
        #expect(intents.isEmpty)
    }
}
