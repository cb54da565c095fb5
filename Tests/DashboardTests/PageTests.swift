// SPDX-License-Identifier: Apache-2.0

import Dashboard
import Hashing
import HTTPServing
import JSON
import Modules
import Telemetry
import TestKit
import Testing

@Suite struct PageTests {
    private static let pages = ["/", "/stored", "/review", "/sent", "/ledger", "/consent"]
    private static let pageBytesMax = 60_000

    private let scene: Scene
    private let visitor: Visitor

    init() throws {
        scene = try Scene()
        visitor = try Visitor(scene.dashboard())
    }

    @Test(arguments: pages)
    func `an untouched home has every page, and stays untouched`(path: String) throws {
        let answer = visitor.get(path)
        #expect(answer.status == .ok)
        let text = String(decoding: answer.body, as: UTF8.self)
        #expect(text.contains("aria-current=\"page\""))
        #expect(try scene.folder.contents() == ["machine-id"])
    }

    @Test(arguments: pages)
    func `a page has a strict policy, no script and no other place`(path: String) throws {
        try scene.enable()
        scene.record(20)
        let answer = visitor.get(path)
        #expect(
            answer.headers["Content-Security-Policy"]
                == "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; "
                + "frame-ancestors 'none'")
        #expect(answer.headers["Referrer-Policy"] == "same-origin")
        #expect(answer.headers["Cache-Control"] == "no-store")
        let text = String(decoding: answer.body, as: UTF8.self)
        for word in ["<script", "style=", "onclick", "href=\"http", "src=", "url("] {
            #expect(!text.contains(word), "\(word)")
        }
    }

    @Test func `looking changes nothing that waits`() throws {
        try scene.enable()
        scene.record(20)
        for page in Self.pages { #expect(visitor.get(page).status == .ok) }
        #expect(try scene.control.batches(in: [.held, .sealed], limit: 10).isEmpty)
        #expect(try scene.control.status().waiting == 23)
    }

    @Test func `usage tells features, runs, alerts and errors, by day`() throws {
        try scene.enable()
        scene.record(100)
        let usage = try JSONValue.parse(visitor.text("/usage.json"))
        #expect(usage["events"] == 103)
        #expect(usage["days"]?.arrayValue?.count == 1)
        let features = usage["types"]?["feature_usage"]
        #expect(features?["events"] == 100)
        let row = features?["rows"]?.arrayValue?.first
        #expect(row?["feature"] == "replay")
        // The durations are 0 to 99: half are within 49, told to an eighth.
        #expect((44...55).contains(row?["median_ms"]?.integerValue ?? -1))
        #expect((80...99).contains(row?["p90_ms"]?.integerValue ?? -1))
        let text = visitor.text("/")
        for word in ["Features", "Detection runs", "Alerts", "arp_spoofing", "capture_invalid"] {
            #expect(text.contains(word), "\(word)")
        }
    }

    @Test func `what comes later is added, and what is deleted is gone`() throws {
        try scene.enable()
        scene.record(5)
        #expect(try events() == 8)
        scene.record(2)
        #expect(try events() == 13)
        _ = try scene.control.deleteData()
        #expect(try events() == 0)
        scene.record(10)
        #expect(try events() == 13)
        scene.clock.advance(by: .seconds(31 * 86_400))
        #expect(try events() == 0)
    }

    private func events() throws -> Int64? {
        try JSONValue.parse(visitor.text("/usage.json?days=90"))["events"]?.integerValue
    }

    @Test func `every stored event is found once, page by page`() throws {
        try scene.enable()
        scene.record(250)
        var target: String? = "/stored?type=feature_usage"
        var found: [Substring] = []
        while let page = target {
            let text = visitor.text(page)
            #expect(text.utf8.count < Self.pageBytesMax)
            found += text.split(separator: "duration_ms ").dropFirst().map {
                $0.prefix { $0 != "<" }
            }
            let next = text.split(separator: "<a href=\"/stored?before=").dropFirst().first
            target = next.map {
                "/stored?before=" + $0.prefix { $0 != "\"" }.replacing("&amp;", with: "&")
            }
        }
        #expect(found.count == 250)
        #expect(Set(found).count == 250)
    }

    @Test func `causes are all told, with what lifts them`() throws {
        try scene.folder.write("{\"telemetry\": false}", to: "policy.json")
        let text = visitor.text("/consent")
        for word in ["admin_policy", "not_asked", "ask whoever looks after", "telemetry enable"] {
            #expect(text.contains(word), "\(word)")
        }
    }

    @Test func `an unknown page, a wrong method and a hostile name are answered`() throws {
        #expect(visitor.get("/nowhere").status == .notFound)
        #expect(visitor.get("/review/release").status == .methodNotAllowed)
        #expect(visitor.get("/batch/<script>").status == .notFound)
        #expect(visitor.get("/batch/..%2f").status == .notFound)
        #expect(visitor.get("/?days=999999999999999999999").status == .ok)
        #expect(visitor.get("/stored?before=-1").status == .ok)
        #expect(visitor.get("/stored?before=x&type=<b>").status == .ok)
    }
}

@Suite struct ReviewPageTests {
    private let scene: Scene
    private let visitor: Visitor

    init() throws {
        scene = try Scene(batch: 10)
        visitor = try Visitor(scene.dashboard())
        try scene.enable()
        scene.record(7)
    }

    private func prepared() throws -> (uid: String, token: String) {
        let token = try visitor.token(on: "/review")
        #expect(visitor.post("/review/prepare", "token=\(token)").status == .seeOther)
        let batch = try #require(try scene.control.batches(in: [.held], limit: 10).first)
        return (batch.uid, token)
    }

    @Test func `a batch is prepared, looked at and released`() throws {
        let (uid, token) = try prepared()
        #expect(visitor.text("/review").contains(uid))
        let page = visitor.text("/batch/\(uid)")
        #expect(page.contains("the same digest") && page.contains("arp_spoofing"))
        #expect(visitor.post("/review/release", "uid=\(uid)&token=\(token)").status == .seeOther)
        #expect(try scene.control.batch(uid)?.state == .released)
    }

    @Test func `the bytes are the very ones`() throws {
        let (uid, _) = try prepared()
        let batch = try #require(try scene.control.batch(uid))
        let answer = visitor.get("/batch/\(uid)/body")
        #expect(answer.body == batch.body)
        #expect(Hex.encode(SHA256.hash(answer.body)) == batch.sha256)
        #expect(answer.headers["Content-Type"] == "application/octet-stream")
    }

    @Test func `a batch is withheld`() throws {
        let (uid, token) = try prepared()
        #expect(visitor.post("/review/withhold", "uid=\(uid)&token=\(token)").status == .seeOther)
        #expect(try scene.control.batch(uid)?.state == .void)
        #expect(try scene.control.status().keptHere == 10)
    }

    @Test func `dropping leads to the batch that takes its place`() throws {
        let (uid, token) = try prepared()
        let one = visitor.post("/review/drop-event", "uid=\(uid)&number=1&token=\(token)")
        let next = try #require(one.headers["Location"])
        #expect(one.status == .seeOther && next.hasPrefix("/batch/") && next != "/batch/\(uid)")
        let successor = String(next.dropFirst(7))
        #expect(try scene.control.batch(successor)?.events == 9)
        let types = visitor.post(
            "/review/drop-type", "uid=\(successor)&type=feature_usage&token=\(token)")
        #expect(types.status == .seeOther)
        #expect(try scene.control.status().lost.contains { $0.reason == "dropped_in_review" })
    }

    @Test func `what can't be decided any more is said`() throws {
        let (uid, token) = try prepared()
        _ = visitor.post("/review/withhold", "uid=\(uid)&token=\(token)")
        let late = visitor.post("/review/release", "uid=\(uid)&token=\(token)")
        #expect(late.status == .conflict)
        #expect(String(decoding: late.body, as: UTF8.self).contains(uid))
        let none = visitor.post("/review/release", "uid=nothing&token=\(token)")
        #expect(none.status == .conflict)
    }

    @Test func `what was sent is told with its answer, from store and ledger`() throws {
        let (uid, token) = try prepared()
        _ = visitor.post("/review/release", "uid=\(uid)&token=\(token)")
        try scene.haveOneBatchAccepted()
        let sent = visitor.text("/sent")
        #expect(sent.contains(uid) && sent.contains("accepted: 200"))
        let page = visitor.text("/batch/\(uid)")
        for word in ["sending begun", "answered", "the same digest"] {
            #expect(page.contains(word), "\(word)")
        }
        #expect(!page.contains("/review/drop-event"))
        _ = try scene.control.rotateID()
        let gone = visitor.text("/sent")
        #expect(!gone.contains(uid) && gone.contains("bore ends, when its time is up"), "\(gone)")
        #expect(gone.contains("Events sent: "))
    }
}

@Suite struct StatusMemoryTests {
    /// What the remembered status says must be what a fresh one says, whatever happened between.
    @Test func `a remembered status is the true one after every change`() throws {
        let scene = try Scene(batch: 10)
        var memory = StatusMemory()
        let steps: [(String, () throws -> Void)] = [
            ("nothing", {}), ("a yes", { try scene.enable() }), ("events", { scene.record(25) }),
            ("a look", {}), ("batches", { _ = try scene.control.reviewable() }),
            (
                "a release",
                {
                    let batch = try scene.control.batches(in: [.held], limit: 1).first
                    try scene.control.release(try #require(batch).uid)
                }
            ),
            ("an upload", { try scene.haveOneBatchAccepted() }),
            (
                "a drop",
                {
                    let batch = try #require(
                        try scene.control.batches(in: [.held], limit: 1).first)
                    _ = try scene.control.drop(.type("feature_usage"), from: batch.uid)
                }
            ),
            ("a no", { try scene.control.disable() }), ("a second yes", { try scene.enable() }),
            ("more events", { scene.record(3) }),
            ("a deletion", { _ = try scene.control.deleteData() }),
            ("events after it", { scene.record(25) }),
            ("a month", { scene.clock.advance(by: .seconds(31 * 86_400)) }),
        ]
        for (name, step) in steps {
            try step()
            let control = scene.control
            let remembered = try control.status(&memory)
            #expect(remembered.json == (try control.status()).json, "\(name)")
        }
    }
}
