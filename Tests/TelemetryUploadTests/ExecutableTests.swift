// SPDX-License-Identifier: Apache-2.0

import Glibc
import Hashing
import JSON
import Modules
import Telemetry
import TestKit
import Testing

@Suite struct ExecutableTests {
    /// A home with a configuration file, consent, and events as of now.
    private func home(url: String, events: Int) throws -> Home {
        let home = try Home(url: url, clock: ManualClock(SystemClock().now()))
        let file = #"{"telemetry": {"upload_url": "\#(url)", "max_events_per_batch": 1}}"#
        try home.folder.write(file, to: "config.json")
        home.record(events)
        return home
    }

    private func run(
        _ home: Home, _ arguments: [String] = [], environment: [String: String] = [:]
    ) throws -> CommandResult {
        try CommandRunner.run(
            Executables.path("arpguard-upload"), ["--home", home.folder.path] + arguments,
            environment: environment)
    }

    private func json(_ result: CommandResult) throws -> JSONObject {
        try #require(JSONValue.parse(result.stdout).objectValue)
    }

    @Test func `one round sends what is due and prints its figures`() throws {
        let server = try FakeServer(.answer(200))
        let home = try home(url: server.url(), events: 2)
        let result = try run(home, ["--format", "json"])
        #expect(result.status == 0)
        #expect(result.stderr.isEmpty)
        let figures = try json(result)
        #expect(figures["batches_sent"]?.integerValue == 2)
        #expect(figures["events_sent"]?.integerValue == 2)
        #expect(figures["ending"]?.stringValue == "nothing_waits")
        #expect(server.requests.count == 2)
        #expect(server.connectionCount == 1)
        #expect(try home.control.status().uploaded == 2)
    }

    @Test func `a server receives what preview showed and the ledger says was sealed`() throws {
        let server = try FakeServer(.answer(200))
        let home = try home(url: server.url(), events: 1)
        guard case .sealed(let batch, let headers) = try home.control.preview() else {
            Issue.record("nothing to preview")
            return
        }
        #expect(try run(home).status == 0)
        let request = try #require(server.requests.first)
        #expect(request.body == batch.body)
        #expect(request.headers == headers.map { HTTPHeader($0.name, $0.value) })
        let digest = Hex.encode(SHA256.hash(request.body))
        #expect(batch.sha256 == digest)
        let told = try home.control.ledger().compactMap { $0.detail["sha256"]?.stringValue }
        #expect(told == [digest, digest])
    }

    @Test func `a table is for people, and quiet is quiet`() throws {
        let server = try FakeServer(.answer(200))
        let home = try home(url: server.url(), events: 1)
        #expect(try run(home).stdout.contains("events sent   1"))
        let quiet = try run(home, ["--quiet"])
        #expect(quiet.status == 0)
        #expect(quiet.stdout.isEmpty && quiet.stderr.isEmpty)
    }

    @Test func `a server that is not there is a failure with a hint, and nothing is lost`() throws {
        let port = try Loopback.unusedPort()
        let home = try home(url: "http://127.0.0.1:\(port)/v1/logs", events: 3)
        let result = try run(home)
        #expect(result.status == 2)
        let lines = result.stderr.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.first?.hasPrefix("arpguard: error: http://127.0.0.1:\(port): ") == true)
        #expect(lines.last?.hasPrefix("arpguard: hint: nothing is lost; ") == true)
        #expect(try home.control.status().waiting == 3)
        #expect(try home.control.status().lost.isEmpty)
    }

    @Test func `proxies in the environment are ignored`() throws {
        let server = try FakeServer(.answer(200))
        let proxy = try FakeServer(.answer(502))
        let home = try home(url: server.url(), events: 1)
        var environment: [String: String] = [:]
        for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            environment[name] = proxy.url("")
        }
        #expect(try run(home, environment: environment).status == 0)
        #expect(server.requests.count == 1)
        #expect(proxy.connectionCount == 0)
    }

    @Test func `a wish not to be tracked stops the upload without a failure`() throws {
        let server = try FakeServer(.answer(200))
        let home = try home(url: server.url(), events: 1)
        let result = try run(home, environment: ["DO_NOT_TRACK": "1"])
        #expect(result.status == 0)
        #expect(result.stderr.contains("do_not_track"))
        #expect(server.connectionCount == 0)
    }

    @Test func `a home where nobody was asked stays untouched`() throws {
        let folder = try TemporaryDirectory()
        let result = try CommandRunner.run(
            Executables.path("arpguard-upload"), ["--home", folder.path, "--format", "json"])
        #expect(result.status == 0)
        #expect(try json(result)["ending"]?.stringValue == "blocked")
        #expect(try folder.contents().isEmpty)
    }

    @Test func `a fault in the configuration keeps everything here`() throws {
        let server = try FakeServer(.answer(200))
        let home = try home(url: server.url(), events: 1)
        try home.folder.write(#"{"telemetry": {"max_events_per_batch": 0}}"#, to: "config.json")
        let result = try run(home, ["--format", "json"])
        #expect(try json(result)["blocked_sending"]?.arrayValue?.contains("configuration") == true)
        #expect(server.connectionCount == 0)
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func `a signal ends a transfer that hangs, and the batch goes later`(signal: Int32) throws {
        let server = try FakeServer(.neverAnswer, .answer(200))
        let home = try home(url: server.url(), events: 1)
        let process = try RunningProcess(
            Executables.path("arpguard-upload"), ["--home", home.folder.path])
        _ = try server.waitForRequests(1)
        process.send(signal: signal)
        let result = try process.waitForEnd()
        #expect(result.status == 2)
        #expect(result.stderr.contains("interrupted"))
        #expect(try run(home).status == 0)
        #expect(server.requests[0].body == server.requests[1].body)
    }

    @Test func `a kill between the answer and its record leads to the same bytes again`() throws {
        let server = try FakeServer(.neverAnswer, .answer(200))
        let home = try home(url: server.url(), events: 1)
        let process = try RunningProcess(
            Executables.path("arpguard-upload"), ["--home", home.folder.path])
        _ = try server.waitForRequests(1)
        process.kill()
        #expect(try process.waitForEnd().signal == 9)
        #expect(try run(home).status == 0)
        #expect(server.requests[0].body == server.requests[1].body)
        #expect(try home.control.status().uploaded == 1)
    }

    @Test func `an erasure is sent on its own when only that is asked for`() throws {
        let server = try FakeServer(.answer(200), .answer(204))
        let home = try home(url: server.url(), events: 1)
        #expect(try run(home).status == 0)
        #expect(try home.control.deleteData().erasureRequested)
        home.record(1)
        let result = try run(home, ["--erasures-only", "--format", "json"])
        #expect(result.status == 0)
        #expect(try json(result)["erasures_done"]?.integerValue == 1)
        #expect(server.requests.map(\.method) == ["POST", "DELETE"])
    }

    /// What `delete-data` does once its patience with a server has ended.
    @Test func `an erasure without an answer is told as that`() throws {
        let server = try FakeServer(.answer(200), .neverAnswer)
        let home = try home(url: server.url(), events: 1)
        #expect(try run(home).status == 0)
        #expect(try home.control.deleteData().erasureRequested)
        let process = try RunningProcess(
            Executables.path("arpguard-upload"),
            ["--home", home.folder.path, "--erasures-only", "--quiet"])
        _ = try server.waitForRequests(2)
        process.send(signal: SIGTERM)
        let result = try process.waitForEnd()
        #expect(result.status == 2)
        #expect(
            result.stderr == """
                arpguard: error: no answer to the request for erasure came in time
                arpguard: hint: it stays pending, and the next upload asks again

                """)
    }

    @Test func `with --if-due nothing happens before the due time`() throws {
        let server = try FakeServer(.answer(200))
        let home = try home(url: server.url(), events: 1)
        let due = try #require(try home.control.uploadAgenda().dueAt)
        let result = try run(home, ["--if-due", "--format", "json"])
        #expect(result.status == 0)
        #expect(try json(result)["ending"]?.stringValue == "not_due")
        #expect(try json(result)["next_attempt"]?.stringValue == due.rfc3339)
        #expect(result.stderr.contains("nothing is due before \(due.rfc3339)"))
        #expect(server.connectionCount == 0)
        // The same home as it would be a day earlier: what was drawn for then is due now.
        home.clock.jump(to: home.clock.now().advanced(bySeconds: -2 * 86_400))
        _ = try home.control.deleteData()
        home.record(1)
        _ = try home.control.uploadAgenda()
        #expect(try json(run(home, ["--if-due", "--format", "json"]))["batches_sent"] == 1)
        home.clock.jump(to: SystemClock().now())
        let status = try home.control.status().nextUpload
        #expect(try #require(status) > SystemClock().now().rfc3339)
    }

    @Test func `a server's wish to wait holds in the next process`() throws {
        let later = HTTPHeader("Retry-After", "3600")
        let server = try FakeServer(.answer(503, headers: [later]), .answer(200))
        let home = try home(url: server.url(), events: 1)
        #expect(try run(home).status == 2)
        for flags in [[], ["--if-due"]] {
            let result = try run(home, flags + ["--format", "json"])
            #expect(result.status == 0)
            #expect(["waits", "not_due"].contains(try json(result)["ending"]?.stringValue))
        }
        #expect(server.requests.count == 1)
    }

    @Test func `who runs it too early is told the server's time, and no pause of our own`() throws {
        let server = try FakeServer(.answer(200))
        let home = try home(url: server.url(), events: 1)
        let (wish, pause) = (
            home.clock.now().advanced(bySeconds: 600), home.clock.now().advanced(bySeconds: 3600)
        )
        do {
            let outbox = try #require(try home.control.outbox())
            guard case .batch(let batch) = try outbox.next(), try outbox.begin(batch) else {
                throw TestKitError("nothing to send")
            }
            try outbox.retry(batch, notBefore: pause, wish: wish, answer: "429")
        }
        for (flags, time) in [([], wish), (["--if-due"], pause)] {
            let told = try run(home, flags).stderr
            #expect(told.contains("before \(time.rfc3339)"), "\(told)")
        }
        #expect(server.connectionCount == 0)
    }

    @Test(arguments: [[], ["--if-due"]])
    func `while another process uploads a round says so and ends well`(flags: [String]) throws {
        let server = try FakeServer(.answer(200))
        let home = try home(url: server.url(), events: 1)
        home.clock.jump(to: home.clock.now().advanced(bySeconds: -2 * 86_400))
        _ = try home.control.uploadAgenda()
        let lock = try RealFileSystem().lock("\(home.folder.path)/telemetry/upload.lock")
        try #require(lock != nil)
        let result = try run(home, flags)
        #expect(result.status == 0)
        let told = "arpguard: another upload is at work on this home: process \(getpid())\n"
        #expect(result.stderr == told)
        #expect(result.stdout.isEmpty)
        let figures = try json(run(home, flags + ["--format", "json"]))
        #expect(figures["ending"] == "busy")
        #expect(figures["batches_sent"] == 0)
        #expect(server.connectionCount == 0)
        withExtendedLifetime(lock) {}
    }

    @Test(arguments: [301, 400, 404, 500])
    func `a refusal is a failure, and the rest goes with the next round`(status: Int) throws {
        let server = try FakeServer(.answer(status), .answer(200))
        let home = try home(url: server.url(), events: 2)
        let refused = try run(home)
        #expect(refused.status == 2)
        #expect(refused.stderr.contains("1 events will not be sent again"))
        #expect(try run(home).status == 0)
        #expect(server.requests.count == 2)
        #expect(try home.control.status().uploaded == 1)
    }

    @Test func `an unknown flag is an error of usage`() throws {
        let result = try CommandRunner.run(Executables.path("arpguard-upload"), ["--all"])
        #expect(result.status == 64)
        #expect(result.stderr.contains("arpguard: error: "))
    }

    @Test func `once the day's bytes are used up the rest waits for another day, and that is said`()
        throws
    {
        let server = try FakeServer(.answer(200))
        let home = try home(url: server.url(), events: 8)
        let file = """
            {"telemetry": {"upload_url": "\(server.url())", "max_events_per_batch": 1,
                "upload_bytes_per_day_max": 1024}}
            """
        try home.folder.write(file, to: "config.json")
        let result = try run(home, ["--format", "json"])
        #expect(result.status == 0)
        #expect(result.stderr.contains("today's bytes are used up; the rest goes another day"))
        #expect(try json(result)["ending"]?.stringValue == "budget_spent")
        let sent = server.requests
        #expect((1...7).contains(sent.count))
        #expect(sent.reduce(0) { $0 + $1.body.count } <= 1024)
        #expect(try run(home).status == 0)
        #expect(server.requests.count == sent.count)
        #expect(try home.control.status().lost.isEmpty)
    }

    @Test func `an erasure that may not be asked for is kept, and that is said`() throws {
        let server = try FakeServer(.answer(200))
        let home = try home(url: server.url(), events: 1)
        #expect(try run(home).status == 0)
        #expect(try home.control.deleteData().erasureRequested)
        let result = try run(home, environment: ["DO_NOT_TRACK": "1"])
        #expect(result.status == 0)
        #expect(result.stderr.contains("erasures can't be asked for: "), "\(result.stderr)")
        #expect(server.requests.map(\.method) == ["POST"])
        #expect(try home.control.status().pendingErasures == 1)
        #expect(try run(home).status == 0)
        #expect(server.requests.map(\.method) == ["POST", "DELETE"])
    }
}
