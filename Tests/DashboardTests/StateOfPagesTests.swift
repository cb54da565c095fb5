// SPDX-License-Identifier: Apache-2.0

import Dashboard
import HTTPServing
import SQLite
import Telemetry
import TestKit
import Testing

/// What the pages say of homes in which not all is plain.
@Suite struct StateOfPagesTests {
    /// The batches that a list shows over all its pages, and how many pages there are.
    private func walk(_ visitor: Visitor, from first: String) throws -> (uids: [String], Int) {
        var (uids, pages, target): ([String], Int, String?) = ([], 0, first)
        while let page = target {
            let text = visitor.text(page)
            uids += text.matches(of: #/href="/batch/([0-9A-Za-z-]+)"/#).map { String($0.1) }
            pages += 1
            try #require(pages < 10)
            target = text.firstMatch(of: #/href="(/[a-z]+\?before=[0-9]+)"/#).map { String($0.1) }
        }
        return (uids, pages)
    }

    @Test func `more batches than a page holds are all found, held ones and sent ones`() throws {
        let scene = try Scene(batch: 1)
        let visitor = try Visitor(scene.dashboard())
        try scene.enable()
        scene.record(DashboardLimits.batchesPerPage)
        let token = try visitor.token(on: "/review")
        #expect(visitor.post("/review/prepare", "token=\(token)").status == .seeOther)
        let held = try scene.control.batches(in: [.held], limit: 1000).map(\.uid)
        #expect(held.count == DashboardLimits.batchesPerPage + 3)
        let review = try walk(visitor, from: "/review")
        #expect(Set(review.uids) == Set(held) && review.uids.count == held.count)
        #expect(review.1 == 2)
        for uid in held {
            try scene.control.release(uid)
            try scene.haveOneBatchAccepted()
        }
        let sent = try walk(visitor, from: "/sent")
        #expect(Set(sent.uids) == Set(held) && sent.uids.count == held.count)
        #expect(sent.1 == 2)
    }

    @Test func `without review the page says that batches leave by themselves`() throws {
        let scene = try Scene(review: .automatic)
        let visitor = try Visitor(scene.dashboard())
        try scene.enable()
        let page = visitor.text("/review")
        #expect(page.contains("Batches leave by themselves"))
        #expect(!page.contains("/review/prepare"))
    }

    @Test func `what was lost is told with its reason`() throws {
        let scene = try Scene()
        let visitor = try Visitor(scene.dashboard())
        try scene.enable()
        scene.record(1)
        #expect(visitor.text("/stored").contains("Nothing was lost."))
        scene.clock.advance(by: .seconds(31 * 86_400))
        scene.record(1)
        let page = visitor.text("/stored")
        let loss = try #require(try scene.control.status().losses.first)
        #expect(loss.count == 4)
        #expect(page.contains("Events that were lost, by reason"))
        #expect(page.lowercased().contains(loss.words.lowercased()))
    }

    @Test func `a store that can't be read is said on the page, and stays as it is`() throws {
        let scene = try Scene()
        try scene.enable()
        scene.record(1)
        try Connection(path: scene.home + "/telemetry/store.sqlite", mode: .readWrite)
            .execute("PRAGMA user_version = 99")
        let visitor = try Visitor(scene.dashboard())
        let page = visitor.text("/stored")
        #expect(page.contains("The store can't be read now: a newer version of the program wrote"))
        let version = try Connection(path: scene.home + "/telemetry/store.sqlite", mode: .readOnly)
            .integer("PRAGMA user_version")
        #expect(version == 99)
    }

    @Test func `what a newer version would collect is named until somebody agrees`() throws {
        let scene = try Scene()
        let visitor = try Visitor(scene.dashboard())
        try scene.enable(only: "feature_usage")
        let page = visitor.text("/consent")
        #expect(page.contains("New since then, and left out until you agree"))
        #expect(page.contains("alert_generated.severity"))
        try scene.enable()
        #expect(!visitor.text("/consent").contains("left out until you agree"))
    }

    @Test(arguments: ["/review/drop-event", "/review/drop-type"])
    func `a form that lacks what it needs changes nothing`(path: String) throws {
        let scene = try Scene()
        let visitor = try Visitor(scene.dashboard())
        try scene.enable()
        scene.record(1)
        let uid = try #require(try scene.control.reviewable().first).uid
        let token = try visitor.token(on: "/review")
        for form in ["uid=\(uid)", "uid=\(uid)&number=x", "uid=\(uid)&typ=error"] {
            #expect(visitor.post(path, "\(form)&token=\(token)").status == .badRequest, "\(form)")
        }
        #expect(try scene.control.batch(uid)?.events == 4)
    }
}
