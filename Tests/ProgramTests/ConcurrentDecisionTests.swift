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
                // Who had to wait too long says so, and has done nothing; so does a yes that a no
                // overtook.
                let isUndone = [
                    "is at work on this home", "no installation identifier",
                    "somebody said no while this yes was written down",
                ].contains { result.stderr.contains($0) }
                #expect(result.status == 0 || isUndone, "\(result.stderr)")
            }
        }
        let status = try arpguard.telemetryStatus()
        let blocked = status["blocked_by"]?.arrayValue?.compactMap(\.stringValue) ?? []
        #expect(blocked == [] || blocked == ["withdrawn"])
        #expect(status["store_error"] == .null)
        #expect(try arpguard("telemetry", "log", "--verify").status == 0)
        let intents = try arpguard.folder.contents().filter { $0.hasSuffix(".intent") }
        #expect(intents.isEmpty)
    }

    private func started(_ command: String) throws -> RunningProcess {
        try RunningProcess(
            Executables.path("arpguard"), ["telemetry", command, "--confirm"],
            environment: ["ARPGUARD_HOME": arpguard.home, "HOME": arpguard.folder.path])
    }

    /// Whether an identifier stands anywhere in the home.
    private func holds(_ id: String) throws -> Bool {
        try arpguard.folder.contents().contains { name in
            let bytes = try? arpguard.folder.read(name)
            return bytes?.firstRange(of: Array(id.utf8)) != nil
        }
    }

    @Test(arguments: [true, false])
    func `a yes beside a deletion is never one for data from before`(isFirstYes: Bool) throws {
        try arpguard.folder.write(
            #"{"telemetry": {"upload_url": "http://127.0.0.1:9/v1/logs"}}"#, to: "own/config.json")
        for round in 0..<12 {
            #expect(try arpguard("telemetry", "enable", "--confirm").status == 0)
            #expect(try arpguard("replay", "--sample").status == 1)
            let before = try arpguard.telemetryStatus()
            let id = try #require(before["installation_id"]?.stringValue)
            #expect(before["events"]?["waiting"]?.integerValue ?? 0 > 0)
            if isFirstYes { #expect(try arpguard("telemetry", "disable").status == 0) }
            let order = round % 2 == 0 ? ["enable", "delete-data"] : ["delete-data", "enable"]
            let processes = try order.map { (command: $0, process: try started($0)) }
            var done: [String: Bool] = [:]
            for (command, process) in processes {
                let result = try process.waitForEnd()
                done[command] = result.status == 0
                #expect(
                    result.status == 0 || result.stderr.contains("is at work on this home"),
                    "\(result.stderr)")
            }
            let after = try arpguard.telemetryStatus()
            #expect(after["store_error"] == .null)
            if done["enable"] == true || !isFirstYes { #expect(after["blocked_by"] == []) }
            if done["delete-data"] == true {
                #expect(after["events"]?["recorded"] == 0)
                #expect(try !holds(id))
            } else if isFirstYes {
                #expect(after["events"]?["waiting"] == 0)
            }
            #expect(try arpguard("telemetry", "log", "--verify").status == 0)
            #expect(try !arpguard.folder.contents().contains { $0.hasSuffix(".intent") })
        }
    }
}
