// SPDX-License-Identifier: Apache-2.0

import Modules
import SQLite
import Telemetry
import TestKit
import Testing

/// What has to go with its age goes whole, and by its own age.
@Suite struct AgedRowsTests {
    private let home: Home
    private var store: String { "\(home.storage)/store.sqlite" }

    init() throws {
        home = try Home()
        try home.enable()
    }

    private func jump(days: Int64) {
        home.clock.jump(to: home.clock.now().advanced(bySeconds: days * 86_400))
    }

    private func pass(days: Int64) { home.clock.advance(by: .seconds(days * 86_400)) }

    @Test(arguments: [true, false])
    func `no byte of an old event is left in the file or its log`(isOn: Bool) throws {
        home.record(3)
        let database = try Connection(path: store, mode: .readWrite)
        try database.execute("UPDATE events SET properties = CAST('mark of old' AS BLOB)")
        _ = try database.integer("PRAGMA wal_checkpoint(TRUNCATE)")
        #expect(try home.holds("mark of old"))
        if !isOn { try home.control().disable() }
        let module = home.module()
        module.initialize(flushMilliseconds: nil)
        pass(days: 31)
        module.flush()
        #expect(try database.integer("SELECT count(*) FROM events") == 0)
        #expect(try !home.holds("mark of old"))
        module.end()
    }

    @Test func `what a clock dates ahead again gets old by the day on which it was seen`() throws {
        func recordAhead() throws {
            jump(days: 3650)
            home.record(2)
            jump(days: -3650)
            pass(days: 1)
            #expect(try home.control().status().storeProblem == nil)
        }
        try recordAhead()
        pass(days: 9)
        try recordAhead()
        for (days, left) in [(19, 4), (2, 2), (7, 2), (3, 0)] as [(Int64, Int64)] {
            pass(days: days)
            #expect(try home.control().status().recorded == left, "\(days) days later")
        }
        #expect(try #require(try home.control().account()).isBalanced)
    }
}
