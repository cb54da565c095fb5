// SPDX-License-Identifier: Apache-2.0

import Dashboard
import HTTPServing
import Telemetry
import TestKit
import Testing

/// Pages that leave nothing out that is so, and say nothing that is not.
@Suite struct TruePageTests {
    @Test func `what was cut off on its way is among what was sent, and nothing withheld`() throws {
        let scene = try Scene(batch: 3)
        let visitor = try Visitor(scene.dashboard())
        try scene.enable()
        scene.record(3)
        let withheld = try #require(try scene.control.reviewable().first).uid
        try scene.control.withhold(withheld)
        let begun = try #require(try scene.control.batches(in: [.held], limit: 9).first).uid
        try scene.control.release(begun)
        _ = try scene.haveOneBatchPutOff()
        #expect(visitor.text("/sent").contains("no answer yet: 503"))
        try scene.control.disable()
        let page = visitor.text("/sent")
        #expect(page.contains("/batch/\(begun)") && page.contains("cut off: 503"), "\(page)")
        #expect(!page.contains(withheld))
        let batch = visitor.text("/batch/\(begun)")
        #expect(batch.contains("<dt>state</dt><dd>cut off</dd>"), "\(batch)")
        #expect(visitor.text("/batch/\(withheld)").contains("<dt>state</dt><dd>void</dd>"))
    }

    @Test(arguments: [(24, false), (25, true)])
    func `of many rows about a batch the newest are shown, and that there are more`(
        attempts: Int, hasMore: Bool
    ) throws {
        let scene = try Scene(review: .automatic)
        let visitor = try Visitor(scene.dashboard())
        try scene.enable()
        scene.record(1)
        // Its sealing is a row, and each attempt is two.
        let uid = try scene.haveOneBatchPutOff(times: attempts).uid
        let page = visitor.text("/batch/\(uid)")
        #expect(page.contains("attempt \(attempts)"), "\(page)")
        #expect(page.contains("Only the newest 50 rows") == hasMore, "\(page)")
        #expect(page.contains("batch sealed") == !hasMore)
        #expect(page.contains("the same digest"))
    }

    @Test func `where nothing is recorded the page of some days speaks of these days`() throws {
        let scene = try Scene()
        let visitor = try Visitor(scene.dashboard())
        try scene.enable()
        scene.record(1)
        try scene.control.disable()
        scene.clock.advance(by: .seconds(10 * 86_400))
        #expect(visitor.text("/stored").contains("<dd>4 events</dd>"))
        let page = visitor.text("/?days=7")
        #expect(page.contains("No event of these days is stored here"), "\(page)")
        #expect(!page.contains("Nothing is stored"))
    }

    @Test func `figures from buckets are told as about so much`() throws {
        let scene = try Scene()
        let visitor = try Visitor(scene.dashboard())
        try scene.enable()
        scene.record(60)
        let page = visitor.text("/")
        #expect(page.contains("Half within about (ms)"))
        #expect(page.contains("9 of 10 within about (ms)"))
    }

    @Test func `the next upload is told with the watch that runs, and what holds it up`() throws {
        let scene = try Scene(review: .automatic)
        try scene.enable()
        scene.record(1)
        let idle = try Visitor(scene.dashboard()).text("/consent")
        #expect(idle.contains("once a watch runs here, or by"), "\(idle)")
        #expect(!idle.contains("none by itself now"))
        let around = Surroundings(isWatched: true, hold: "the gateway is contested")
        let watched = try Visitor(scene.dashboard(surroundings: around)).text("/consent")
        #expect(watched.contains("by the watch that runs here, or by"), "\(watched)")
        #expect(watched.contains("none by itself now: the gateway is contested"))
        let service = try Visitor(scene.dashboard(surroundings: .init(isService: true)))
        #expect(service.text("/consent").contains("or arpguard-upload.timer is on"))
    }

    @Test func `what stands in the place of a lock is told, and who uploads now`() throws {
        let scene = try Scene(review: .automatic)
        try scene.enable()
        scene.record(1)
        let busy = Surroundings(hold: "the gateway is contested", uploaders: "process 7")
        let page = try Visitor(scene.dashboard(surroundings: busy)).text("/consent")
        #expect(page.contains("; at work now: process 7; none by itself now: the "), "\(page)")
        let blocked = Surroundings(hold: "not told", lockFault: "a folder", uploaders: "nobody")
        let none = try Visitor(scene.dashboard(surroundings: blocked)).text("/consent")
        #expect(none.contains("<dt>next upload</dt><dd>none: a folder</dd>"), "\(none)")
    }

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
