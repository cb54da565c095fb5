// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Modules
import SQLite
import TestKit
import Testing

@testable import Telemetry

@Suite struct RetentionTests {
    private let home: Home

    init() throws {
        home = try Home()
        try home.enable()
    }

    private func jump(days: Int64) {
        home.clock.jump(to: home.clock.now().advanced(bySeconds: days * 86_400))
    }

    @Test func `a clock that jumps a year ahead deletes nothing before it has stood for an hour`()
        throws
    {
        home.record(5)
        jump(days: 365)
        home.record(1)
        #expect(try home.control().status().recorded == 6)
        home.clock.advance(by: .seconds(3599))
        home.record(1)
        #expect(try home.control().status().recorded == 7)
        home.clock.advance(by: .seconds(2))
        home.record(1)
        let status = try home.control().status()
        #expect(status.recorded == 3)
        #expect(status.lost.first { $0.reason == "retention" }?.count == 5)
        #expect(try #require(try home.control().account()).isBalanced)
    }

    @Test func `a clock that jumps ahead and is set right again deletes nothing`() throws {
        home.record(5)
        jump(days: 365)
        home.record(1)
        jump(days: -365)
        home.clock.advance(by: .seconds(7200))
        home.record(1)
        #expect(try home.control().status().recorded == 7)
    }

    @Test func `what a clock that was years ahead has dated goes with what came after it`() throws {
        jump(days: 3650)
        home.record(5)
        jump(days: -3650)
        home.record(3)
        home.clock.advance(by: .seconds(29 * 86_400))
        home.record(1)
        #expect(try home.control().status().recorded == 9)
        home.clock.advance(by: .seconds(2 * 86_400))
        home.record(1)
        let status = try home.control().status()
        #expect(status.recorded == 2)
        #expect(status.lost.first { $0.reason == "retention" }?.count == 8)
        #expect(try #require(try home.control().account()).isBalanced)
    }

    @Test func `a clock that jumps back a year deletes nothing, and events are recorded on`() throws
    {
        home.record(5)
        jump(days: -365)
        home.record(2)
        #expect(try home.control().status().recorded == 7)
        #expect(try home.control().status().lost.isEmpty)
    }

    @Test func `what was recorded before a no gets old under a program that records nothing`()
        throws
    {
        func stored() throws -> Int64? {
            try Connection(path: "\(home.storage)/store.sqlite", mode: .readOnly)
                .integer("SELECT count(*) FROM events")
        }
        home.record(3)
        try home.control().disable()
        let module = home.module()
        module.initialize(flushMilliseconds: nil)
        for (days, left) in [(29, 3), (2, 0)] as [(Int64, Int64)] {
            home.clock.advance(by: .seconds(days * 86_400))
            module.flush()
            #expect(try stored() == left)
        }
        module.end()
    }

    @Test func `under a faulty configuration nothing is deleted by numbers that nobody chose`()
        throws
    {
        home.record(3)
        home.clock.advance(by: .seconds(40 * 86_400))
        let fault = TelemetryControl(
            for: Product("arpguard", version: "0.1.0"), config: TelemetryModuleConfig(),
            home: home.folder.file("home"), seams: home.seams(),
            configurationProblem: "a comma too many")
        #expect(try fault.status().recorded == 3)
        #expect(try home.control().status().recorded == 0)
    }

    @Test func `what keeps a yes from counting keeps nothing from getting old`() throws {
        home.record(3)
        home.clock.advance(by: .seconds(40 * 86_400))
        var seams = home.seams()
        seams.obstacle = { "the disk of the data is another" }
        let control = TelemetryControl(
            for: Product("arpguard", version: "0.1.0"), config: TelemetryModuleConfig(),
            home: home.folder.file("home"), seams: seams)
        let status = try control.status()
        #expect(status.blockedBy == [.configuration])
        #expect(status.recorded == 0)
        #expect(!control.words.list(status.blockedBy).contains("fault"))
        try control.disable()
        #expect(try control.status().blockedBy == [.withdrawn])
    }

    @Test func `batches that a clock dated ahead get old, and events after which nothing comes`()
        throws
    {
        jump(days: 3650)
        home.record(2)
        try home.haveOneBatchAccepted()
        home.record(1)
        jump(days: -3650)
        try home.control().disable()
        func rows() throws -> [Int64?] {
            _ = try home.control().status()
            let store = try Connection(path: "\(home.storage)/store.sqlite", mode: .readOnly)
            return try ["events", "batches"].map {
                try store.integer("SELECT count(*) FROM \($0)")
            }
        }
        #expect(try rows() == [3, 1])
        home.clock.advance(by: .seconds(29 * 86_400))
        #expect(try rows() == [3, 1])
        home.clock.advance(by: .seconds(2 * 86_400))
        #expect(try rows() == [0, 0])
    }

    @Test(arguments: ["store.damaged.sqlite", "journal.damaged"])
    func `what was damaged and set aside goes when the events of that day have to`(
        name: String
    ) throws {
        let path = "home/telemetry/\(name)"
        try home.folder.write("what could not be read", to: path)
        let steps: [(days: Int64, isKept: Bool)] = [(0, true), (29, true), (2, false), (1, false)]
        for step in steps {
            home.clock.advance(by: .seconds(step.days * 86_400))
            home.record(1)
            #expect(try home.control().status().storeProblem == nil)
            #expect(try home.folder.contents().contains(path) == step.isKept, "\(step)")
        }
        try home.folder.write("another that could not be read", to: path)
        home.record(1)
        #expect(try home.control().status().storeProblem == nil)
        #expect(try home.folder.contents().contains(path))
    }

    @Test func `what a clock that was years ahead has set aside goes as well`() throws {
        jump(days: 3650)
        try home.folder.write("what could not be read", to: "home/telemetry/journal.damaged")
        home.clock.advance(by: .seconds(7200))
        _ = try home.control().status()
        jump(days: -3650)
        _ = try home.control().status()
        home.clock.advance(by: .seconds(31 * 86_400))
        _ = try home.control().status()
        #expect(try !home.folder.contents().contains("home/telemetry/journal.damaged"))
    }

    @Test(
        arguments: [
            // now, uptime in hours; what is reckoned, in hours
            [(100, 1, 100), (101, 2, 101)],
            [(100, 1, 100), (123, 2, 123)],
            [(100, 1, 100), (9000, 2, 101), (9000, 2, 101), (9001, 3, 9001), (9002, 4, 9002)],
            [(100, 1, 100), (9000, 2, 101), (102, 3, 102), (9000, 4, 103), (9001, 5, 9001)],
            // After another start of the machine there is nothing to compare with.
            [(100, 5, 100), (9000, 1, 9000)],
            [(9000, 1, 9000), (100, 2, 100), (101, 3, 101)],
        ])
    func `the time of day is believed as far as the uptime bears it out`(
        _ looks: [(now: Int64, uptime: Int64, reckoned: Int64)]
    ) throws {
        let hour: Int64 = 3_600_000_000_000
        var clock = RetentionClock(now: looks[0].now * hour, uptime: looks[0].uptime * hour)
        for look in looks {
            clock = try #require(RetentionClock(clock.serialized))
            let reckoned = clock.reckoned(now: look.now * hour, uptime: look.uptime * hour)
            #expect(reckoned == look.reckoned * hour)
        }
    }

    @Test(arguments: [0, 8, 16])
    func `a clock's memory that was damaged is none`(place: Int) throws {
        let clock = RetentionClock(now: 5, uptime: 3)
        var bytes = clock.serialized
        bytes.replaceSubrange(place..<place + 8, with: [0, 0, 0, 0, 0, 0, 0, 0x80])
        #expect(RetentionClock(bytes) == nil)
    }

    @Test func `the smallest cap is kept at every flush, and leaves room for events`() throws {
        var config = TelemetryModuleConfig.withURL
        config.storageBytesMax = 1 << 20
        let module = home.module(config)
        module.initialize()
        for _ in 0..<30 {
            for index in 0..<600 {
                module.trackEvent("feature_usage", ["duration_ms": .integer(Int64(index))])
            }
            module.flush()
            let bytes = try TelemetryDirectory(home.storage).allocatedBytes(RealFileSystem())
            #expect(bytes <= config.storageBytesMax)
        }
        let status = try home.control(config).status()
        #expect(status.recorded >= 2000)
        #expect(status.lost.contains { $0.reason == "storage_cap" })
        #expect(try #require(try home.control(config).account()).isBalanced)
        module.end()
    }

    @Test func `a long ledger makes room before events do`() throws {
        var config = TelemetryModuleConfig.withURL
        config.storageBytesMax = 1 << 20
        home.record(1, config)
        let store = try Connection(path: "\(home.storage)/store.sqlite", mode: .readWrite)
        let ledger = Ledger(database: store, seams: home.seams())
        try store.transaction {
            for _ in 0..<3000 {
                try ledger.append(.batch(.batchVoided, String(repeating: "a", count: 200)))
            }
        }
        home.record(5, config)
        #expect(try home.control(config).status().recorded == 6)
        #expect(try home.control(config).verifyLedger().isSound)
        #expect(try TelemetryDirectory(home.storage).allocatedBytes(RealFileSystem()) < 1 << 20)
    }

    @Test func `what can never leave any more makes room before what waits`() throws {
        var config = TelemetryModuleConfig.withURL
        config.storageBytesMax = 1 << 20
        home.record(1500, config)
        _ = try home.control(config).outlook()
        try home.control(config).disable()
        try home.enable(config)
        let module = home.module(config)
        module.initialize()
        var (since, lost) = (0, Int64(0))
        while lost == 0, since < 20_000 {
            for index in 0..<500 {
                module.trackEvent("feature_usage", ["duration_ms": .integer(Int64(index))])
            }
            since += 500
            module.flush()
            lost = try home.control(config).status().lost.reduce(0) { $0 + $1.count }
        }
        module.end()
        #expect((1...1500).contains(lost))
        #expect(try home.control(config).status().waiting == Int64(since))
        #expect(try home.control(config).account()?.isBalanced == true)
    }

    @Test func `while a batch is being sent, what waits makes room, and nothing hangs`() throws {
        var config = TelemetryModuleConfig.withURL
        config.storageBytesMax = 1 << 20
        home.record(5, config)
        let outbox = try #require(try home.control(config).outbox())
        guard case .batch(let batch) = try outbox.next() else {
            throw TestKitError("nothing to send")
        }
        #expect(try outbox.begin(batch))
        let module = home.module(config)
        module.initialize()
        for _ in 0..<30 {
            for index in 0..<600 {
                module.trackEvent("feature_usage", ["duration_ms": .integer(Int64(index))])
            }
            module.flush()
        }
        module.end()
        let status = try home.control(config).status()
        #expect(status.lost.contains { $0.reason == "storage_cap" && $0.count > 1000 })
        #expect(status.waiting == status.recorded)
        #expect(try outbox.begin(batch))
    }

    @Test func `journals take no more than half of the cap, and whoever finds no room says so`()
        throws
    {
        var config = TelemetryModuleConfig.withURL
        config.storageBytesMax = 1 << 20
        let modules = (0..<4).map { _ in home.module(config) }
        for module in modules { module.initialize() }
        let accepted = modules.map { $0.trackEvent("app_start") }
        #expect(accepted == [true, true, false, false])
        #expect(modules[2].status.problems.contains { $0.contains("storage_bytes_max") })
        for module in modules { module.end() }
        #expect(try home.control(config).status().recorded == 2)
    }

    @Test func `a batch that was never begun gives up what is too old, and keeps the rest`() throws
    {
        home.record(3)
        home.clock.advance(by: .seconds(20 * 86_400))
        home.record(2)
        guard case .sealed(let batch, _) = try home.control().preview() else {
            throw TestKitError("nothing was sealed")
        }
        #expect(batch.events == 5)
        home.clock.advance(by: .seconds(11 * 86_400))
        home.record(1)
        let control = home.control()
        #expect(try control.status().recorded == 3)
        #expect(try control.status().waiting == 3)
        #expect(try #require(try control.account()).isBalanced)
        #expect(try control.account()?.lost == 3)
    }
}
