// SPDX-License-Identifier: Apache-2.0

import Dashboard
import HTTPServing
import Telemetry
import TestKit
import Testing

/// A request that is refused, and with what.
struct Refused: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let path: String
    let headers: [String: String]
    let status: HTTPStatus
}

@Suite struct GuardTests {
    private let scene: Scene
    private let dashboard: Dashboard

    init() throws {
        scene = try Scene()
        dashboard = scene.dashboard()
    }

    @Test(arguments: [
        "evil.example:4711", "127.0.0.1", "127.0.0.1:4712", "127.0.0.1:4711.evil.example",
        "localhost.evil.example:4711", "", "127.0.0.1:4711, evil.example",
    ])
    func `a request for another host gets nothing`(host: String) throws {
        let visitor = try Visitor(dashboard)
        let answer = dashboard.respond(
            to: HTTPRequest(.get, "/", headers: ["Host": host, "Cookie": visitor.cookie ?? ""]))
        #expect(answer.status == .misdirectedRequest)
    }

    @Test func `two Host fields, or none, are refused`() throws {
        let visitor = try Visitor(dashboard)
        var headers: HTTPHeaders = ["Host": "127.0.0.1:4711", "Cookie": visitor.cookie ?? ""]
        #expect(dashboard.respond(to: HTTPRequest(.get, "/", headers: headers)).status == .ok)
        headers.append("Host", "127.0.0.1:4711")
        let twice = dashboard.respond(to: HTTPRequest(.get, "/", headers: headers))
        #expect(twice.status == .misdirectedRequest)
        let none = dashboard.respond(to: HTTPRequest(.get, "/"))
        #expect(none.status == .misdirectedRequest)
    }

    @Test(arguments: ["/", "/stored", "/review", "/usage.json", "/batch/x/body", "/nowhere"])
    func `without the session's cookie no page is shown`(path: String) {
        let answer = dashboard.respond(
            to: HTTPRequest(.get, path, headers: ["Host": "127.0.0.1:4711"]))
        #expect(answer.status == .unauthorized)
        #expect(String(decoding: answer.body, as: UTF8.self).contains("name=\"code\""))
    }

    @Test(arguments: ["", "arpguard_dashboard_4711=", "arpguard_dashboard_4711=00", "x=y"])
    func `another cookie is none`(cookie: String) throws {
        _ = try Visitor(dashboard)
        let answer = dashboard.respond(
            to: HTTPRequest(.get, "/", headers: ["Host": "127.0.0.1:4711", "Cookie": cookie]))
        #expect(answer.status == .unauthorized)
    }

    @Test func `a cookie of another dashboard on this host stands beside ours`() throws {
        let visitor = try Visitor(dashboard)
        let cookie = "arpguard_dashboard_1=ab; \(visitor.cookie ?? ""); theme=dark"
        let answer = dashboard.respond(
            to: HTTPRequest(.get, "/", headers: ["Host": "localhost:4711", "Cookie": cookie]))
        #expect(answer.status == .ok)
    }

    @Test func `the code works once`() throws {
        _ = try Visitor(dashboard)
        let again = Visitor.post(
            dashboard, "/session", "code=\(dashboard.code)", ["Origin": "null"])
        #expect(again.status == .unauthorized)
        #expect(again.headers["Set-Cookie"] == nil)
        let text = String(decoding: again.body, as: UTF8.self)
        #expect(text.contains("arpguard telemetry dashboard") && !text.contains("name=\"code\""))
    }

    @Test func `the code is too old after its time`() {
        scene.clock.advance(by: .seconds(DashboardLimits.codeSecondsMax + 1))
        let late = Visitor.post(
            dashboard, "/session", "code=\(dashboard.code)", ["Origin": "null"])
        #expect(late.status == .unauthorized)
        let text = String(decoding: late.body, as: UTF8.self)
        #expect(text.contains("start it again") && !text.contains("name=\"code\""))
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("localhost", true), ("127.0.0.1:80", true), ("127.0.0.2", false),
        ("evil.example", false),
    ])
    func `on port 80 a client leaves the port out`(host: String, isOurs: Bool) {
        let dashboard = Dashboard(
            port: 80, random: SeededRandom(seed: 1), clock: scene.clock,
            control: { [scene] in scene.control })
        let answer = dashboard.respond(
            to: HTTPRequest(
                .post, "/session",
                headers: [
                    "Host": host, "Origin": "http://\(host)",
                    "Content-Type": "application/x-www-form-urlencoded",
                ], body: Array("code=\(dashboard.code)".utf8)))
        #expect(answer.status == (isOurs ? .ok : .misdirectedRequest))
    }

    @Test func `wrong codes, which anybody on the machine can send, lock nobody out`() {
        for _ in 0..<200 {
            let wrong = Visitor.post(dashboard, "/session", "code=00", ["Origin": "null"])
            #expect(wrong.status == .unauthorized)
        }
        let right = Visitor.post(
            dashboard, "/session", "code=\(dashboard.code)", ["Origin": "null"])
        #expect(right.status == .ok)
    }

    @Test(arguments: ["http://evil.example", "http://127.0.0.1:4712", "https://127.0.0.1:4711"])
    func `the code is not taken from another site`(origin: String) {
        let answer = Visitor.post(
            dashboard, "/session", "code=\(dashboard.code)", ["Origin": origin])
        #expect(answer.status == .forbidden)
        #expect(dashboard.awaitsCode)
    }

    @Test func `the cookie is strict, hidden from scripts, and for this origin`() throws {
        let answer = Visitor.post(
            dashboard, "/session", "code=\(dashboard.code)", ["Origin": "null"])
        let field = try #require(answer.headers["Set-Cookie"])
        #expect(field.hasSuffix("; Path=/; HttpOnly; SameSite=Strict"))
        #expect(field.hasPrefix("arpguard_dashboard_4711="))
    }

    @Test(arguments: [
        ["Origin": "null"], ["Origin": "http://evil.example"], [:],
        ["Origin": "http://127.0.0.1:4711", "token": ""],
        ["Origin": "http://127.0.0.1:4711", "token": "00"],
    ])
    func `a form from elsewhere or without its token changes nothing`(
        case: [String: String]
    ) throws {
        try scene.enable()
        scene.record(3)
        let visitor = try Visitor(dashboard)
        let token = try `case`["token"] ?? visitor.token(on: "/review")
        var headers = `case`.filter { $0.key == "Origin" }
        headers["Cookie"] = visitor.cookie ?? ""
        let answer = Visitor.post(dashboard, "/review/prepare", "token=\(token)", headers)
        #expect(answer.status == .forbidden)
        #expect(try scene.control.batches(in: [.held, .sealed], limit: 10).isEmpty)
    }
}
