// SPDX-License-Identifier: Apache-2.0

import Modules
import Telemetry
import TestKit
import Testing

/// What a process accepted under a yes, and something else than a no stands in the way of now.
@Suite struct WaitingJournalTests {
    private let home: Home

    init() throws {
        home = try Home()
        try home.enable()
        let module = home.module()
        module.initialize()
        // Dropped without a shutdown: its journal stays behind.
        for _ in 0..<5 { #expect(module.trackEvent("app_start")) }
    }

    /// Something that is in the way, and goes again.
    struct Obstacle: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var environment: [String: String] = [:]
        var config = TelemetryModuleConfig.withURL
        var problem: String?
        var begin: @Sendable (Home) throws -> Void = { _ in }
        var end: @Sendable (Home) throws -> Void = { _ in }
    }

    static let obstacles = [
        Obstacle(
            testDescription: "an administrator's no",
            begin: { try $0.folder.write("{}", to: "policy.json") },
            end: { try RealFileSystem().remove($0.policyPath) }),
        Obstacle(testDescription: "DO_NOT_TRACK", environment: ["DO_NOT_TRACK": "1"]),
        Obstacle(testDescription: "the own variable", environment: ["ARPGUARD_TELEMETRY": "0"]),
        Obstacle(
            testDescription: "enabled: false",
            config: {
                var config = TelemetryModuleConfig.withURL
                config.enabled = false
                return config
            }()),
        Obstacle(testDescription: "a faulty configuration", problem: "telemetry.none: no such key"),
        Obstacle(
            testDescription: "a consent that can't be read",
            begin: {
                try RealFileSystem().rename("\($0.storage)/consent.page", to: "\($0.storage)/away")
            },
            end: {
                try RealFileSystem().rename("\($0.storage)/away", to: "\($0.storage)/consent.page")
            }),
        Obstacle(
            testDescription: "another machine",
            begin: { try $0.folder.write("machine-two\n", to: "machine-id") },
            end: { try $0.folder.write("machine-one\n", to: "machine-id") }),
    ]

    @Test(arguments: obstacles)
    func `what was accepted waits in its journal, neither stored nor dropped, until that is gone`(
        obstacle: Obstacle
    ) throws {
        try obstacle.begin(home)
        let blocked = home.control(
            obstacle.config, environment: obstacle.environment, problem: obstacle.problem)
        #expect(!blocked.causes(blocking: .recording).isEmpty)
        for _ in 0..<2 {
            let status = try blocked.status()
            #expect(status.recorded == 0 && status.lost.isEmpty)
        }
        #expect(try home.folder.contents().count { $0.hasSuffix(".journal") } == 1)
        // Nor does a program that starts and ends there.
        if obstacle.problem == nil {
            let module = home.module(obstacle.config, environment: obstacle.environment)
            module.initialize()
            #expect(!module.trackEvent("app_start"))
            module.end()
            #expect(try blocked.status().recorded == 0)
        }
        try obstacle.end(home)
        let status = try home.control().status()
        #expect(status.recorded == 5 && status.lost.isEmpty)
    }
}
