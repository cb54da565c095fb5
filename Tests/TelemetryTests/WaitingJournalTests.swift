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
        var config = TelemetryModuleConfig.withURL
        var problem: String?
        var begin: @Sendable (Home) throws -> Void = { _ in }
        var end: @Sendable (Home) throws -> Void = { _ in }
    }

    static let obstacles = [
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
        let blocked = home.control(obstacle.config, problem: obstacle.problem)
        #expect(!blocked.causes(blocking: .recording).isEmpty)
        for _ in 0..<2 {
            let status = try blocked.status()
            #expect(status.recorded == 0 && status.lost.isEmpty)
        }
        #expect(try home.folder.contents().count { $0.hasSuffix(".journal") } == 1)
        // Nor does a program that starts and ends there.
        if obstacle.problem == nil {
            let module = home.module(obstacle.config)
            module.initialize()
            #expect(!module.trackEvent("app_start"))
            module.end()
            #expect(try blocked.status().recorded == 0)
        }
        try obstacle.end(home)
        let status = try home.control().status()
        #expect(status.recorded == 5 && status.lost.isEmpty)
    }

    @Test(arguments: ["DO_NOT_TRACK": "1", "ARPGUARD_TELEMETRY": "0"])
    func `what a shell says of itself leaves the figures as they are`(name: String, value: String)
        throws
    {
        let shell = home.control(environment: [name: value])
        #expect(!shell.causes(blocking: .recording).isEmpty)
        let status = try shell.status()
        #expect(status.recorded == 5 && status.lost.isEmpty)
        #expect(try shell.events().count == 5)
    }

    @Test(arguments: [false, true])
    func `an administrator's no drops what was not stored yet, and counts it`(isRunning: Bool)
        throws
    {
        let module = isRunning ? home.module() : nil
        module?.initialize(flushMilliseconds: nil)
        module?.trackEvent("app_start")
        _ = try home.control().status()
        try home.folder.write("{}", to: "policy.json")
        // Before it is seen.
        module?.trackEvent("app_stop")
        module?.flush()
        #expect(module?.trackEvent("app_stop") != true)
        let status = try home.control().status()
        #expect(status.lost.map(\.reason) == (isRunning ? ["revoked"] : []))
        try RealFileSystem().remove(home.policyPath)
        module?.end()
        #expect(try home.control().events().count == 5)
    }

    @Test func `nor is anything of a process stored that died before an administrator's no`() throws
    {
        try home.folder.write("{}", to: "policy.json")
        #expect(try home.control().status().lost.map(\.count) == [5])
        try RealFileSystem().remove(home.policyPath)
        let status = try home.control().status()
        #expect(status.recorded == 0 && status.lost.map(\.reason) == ["revoked"])
    }

    @Test func `while an administrator's file can't be understood what was accepted waits`() throws
    {
        try home.folder.write("", to: "policy.json")
        let status = try home.control().status()
        #expect(status.blockedBy == [.adminPolicy] && status.lost.isEmpty)
        try RealFileSystem().remove(home.policyPath)
        #expect(try home.control().status().recorded == 5)
    }
}
