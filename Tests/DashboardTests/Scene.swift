// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Dashboard
import Glibc
import HTTPServing
import JSON
import Modules
import Telemetry
import TestKit
import Testing

/// A home with telemetry in it and a dashboard over it, asked without a network.
final class Scene: Sendable {
    static let port: UInt16 = 4711

    let folder: TemporaryDirectory
    let clock = ManualClock()
    let config: TelemetryModuleConfig
    private let seams: TelemetrySeams

    var home: String { folder.file("own") }

    init(
        review: TelemetryModuleConfig.UploadReview = .manual, batch: Int = 100,
        url: String = "https://t.example.org/v1/logs"
    ) throws {
        folder = try TemporaryDirectory()
        try folder.write("machine-one\n", to: "machine-id")
        var config = TelemetryModuleConfig(uploadURL: url)
        config.maxEventsPerBatch = batch
        config.uploadReview = review
        self.config = config
        seams = TelemetrySeams(
            environment: [:], userID: getuid(), logger: Logger(program: "test") { _ in },
            clock: clock, random: SeededRandom(seed: 1), machineIDPath: folder.file("machine-id"),
            policyPath: folder.file("policy.json"))
    }

    var control: TelemetryControl {
        TelemetryControl(
            for: Product("arpguard", version: "0.1.0"), config: config, home: home, seams: seams)
    }

    func enable() throws {
        let control = control
        try control.enable(control.terms)
    }

    /// Agrees to what an older version would collect, which knows these events alone.
    func enable(only events: String) throws {
        let older = TelemetryControl(
            for: Product("arpguard", version: "0.1.0"), catalogue: .standard.keeping(events),
            config: config, home: home, seams: seams)
        try older.enable(older.terms)
    }

    /// Records events: as many uses of a feature as asked for, and one of each other kind.
    func record(_ count: Int) {
        let module = TelemetryModule(
            for: Product("arpguard", version: "0.1.0"), config: config, home: home, seams: seams)
        module.initialize()
        for index in 0..<count {
            module.trackEvent(
                "feature_usage", ["feature": "replay", "duration_ms": PropertyValue(index)])
        }
        module.trackEvent("alert_generated", ["alert_type": "arp_spoofing", "severity": "high"])
        module.trackEvent("error", ["feature": "replay", "error_type": "capture_invalid"])
        module.trackEvent("detection_run", ["mode": "replay", "duration_ms": 12, "frames": 7])
        module.shutdown(within: 30_000)
    }

    /// Sends the next batch so often as far as the store knows, and has it put off each time.
    func haveOneBatchPutOff(times: Int = 1) throws -> SealedBatch {
        let outbox = try #require(try control.outbox())
        guard case .batch(var batch) = try outbox.next() else {
            throw TestKitError("nothing to send")
        }
        for _ in 0..<times {
            batch = try #require(try control.batch(batch.uid))
            try #require(try outbox.begin(batch))
            try outbox.retry(batch, notBefore: clock.now(), answer: "503")
        }
        return batch
    }

    /// Sends the next batch as far as the store knows, and has it accepted.
    func haveOneBatchAccepted() throws {
        let outbox = try #require(try control.outbox())
        guard case .batch(let batch) = try outbox.next(), try outbox.begin(batch) else {
            throw TestKitError("nothing to send")
        }
        try outbox.accepted(batch, rejected: 0, answer: "200")
    }

    func dashboard(
        port: UInt16 = Scene.port, surroundings: Surroundings = Surroundings(),
        addressing: @escaping @Sendable (String) -> String = { $0 }
    ) -> Dashboard {
        Dashboard(
            port: port, random: SeededRandom(seed: 2), clock: clock,
            control: { [self] in control }, surroundings: { surroundings },
            addressing: addressing)
    }
}

/// A browser as far as the dashboard sees it: keeps the cookie, and sends its forms.
struct Visitor {
    let dashboard: Dashboard
    private(set) var cookie: String?

    /// Comes in by the code.
    init(_ dashboard: Dashboard) throws {
        self.dashboard = dashboard
        let answer = Self.post(
            dashboard, "/session", "code=\(dashboard.code)", ["Origin": "null"])
        #expect(answer.status == .ok)
        let field = try #require(answer.headers["Set-Cookie"])
        cookie = String(field.prefix { $0 != ";" })
    }

    func get(_ target: String) -> HTTPResponse {
        let parts = target.split(separator: "?", maxSplits: 1)
        let pairs = parts.count < 2 ? [] : parts[1].split(separator: "&")
        let query = pairs.map { pair -> HTTPHeaders.Field in
            let words = pair.split(separator: "=", maxSplits: 1)
            return HTTPHeaders.Field(name: String(words[0]), value: String(words[1]))
        }
        return dashboard.respond(
            to: HTTPRequest(
                .get, String(parts[0]), query: query,
                headers: ["Host": "127.0.0.1:\(Scene.port)", "Cookie": cookie ?? ""]))
    }

    func text(_ target: String) -> String {
        String(decoding: get(target).body, as: UTF8.self)
    }

    func post(_ path: String, _ form: String) -> HTTPResponse {
        Self.post(
            dashboard, path, form,
            ["Origin": "http://127.0.0.1:\(Scene.port)", "Cookie": cookie ?? ""])
    }

    /// The token of the forms on a page.
    func token(on target: String) throws -> String {
        let page = text(target)
        let mark = "name=\"token\" value=\""
        let start = try #require(page.firstRange(of: mark)?.upperBound)
        return String(page[start...].prefix { $0 != "\"" })
    }

    static func post(
        _ dashboard: Dashboard, _ path: String, _ form: String, _ more: [String: String],
        host: String = "127.0.0.1:\(Scene.port)"
    ) -> HTTPResponse {
        var headers: HTTPHeaders = [
            "Host": host, "Content-Type": "application/x-www-form-urlencoded",
        ]
        for (name, value) in more { headers[name] = value }
        return dashboard.respond(
            to: HTTPRequest(.post, path, headers: headers, body: Array(form.utf8)))
    }
}
