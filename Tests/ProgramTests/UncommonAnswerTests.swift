// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Glibc
import JSON
import Modules
import Program
import Telemetry
import TestKit
import Testing

/// What commands answer where there is nothing to do, or something in the way.
@Suite struct UncommonAnswerTests {
    let arpguard: Arpguard

    init() throws { arpguard = try Arpguard() }

    struct Case: CustomTestStringConvertible, Sendable {
        let words: [String]
        let status: Int32
        let stderr: String

        init(_ line: String, _ status: Int32, _ stderr: String) {
            words = line.split(separator: " ").map(String.init)
            self.status = status
            self.stderr = stderr
        }

        var testDescription: String { words.joined(separator: " ") }
    }

    static let cases = [
        Case(
            "telemetry show --since yesterday", 64,
            "arpguard: error: --since is no time: yesterday\narpguard: hint: write a day as"),
        Case("telemetry export --until 2026-13-01", 64, "--until is no time: 2026-13-01"),
        Case(
            "telemetry show --type nothing", 64,
            "there is no event type nothing\narpguard: hint: TOLD telemetry schema lists"),
        Case(
            "telemetry rotate-id", 2,
            "nothing was changed: it must be confirmed\narpguard: hint: TOLD telemetry "
                + "rotate-id --confirm"),
        Case(
            "telemetry delete-data", 2,
            "nothing was deleted: it must be confirmed\narpguard: hint: TOLD telemetry "
                + "delete-data --confirm"),
        Case("telemetry stats", 0, "no events of these days are stored in this home"),
        Case("telemetry upload --dry-run", 0, "no batch would leave: "),
        Case("config show telemetry.nothing", 64, "telemetry.nothing"),
    ]

    @Test(arguments: cases)
    func `an untouched home is answered, and stays untouched`(_ each: Case) throws {
        let result = try arpguard(each.words)
        #expect(result.status == each.status, "\(result.stderr)")
        let told = each.stderr.replacing("TOLD", with: arpguard.told)
        #expect(result.stderr.contains(told), "\(result.stderr)")
        #expect(try arpguard.folder.contents().isEmpty)
    }

    private func control(
        _ url: String?, _ catalogue: Catalogue = .standard
    ) -> TelemetryControl {
        let seams = TelemetrySeams(
            environment: [:], userID: geteuid(), logger: Logger(program: "test", level: .error))
        return TelemetryControl(
            for: Program.product, catalogue: catalogue,
            config: TelemetryModuleConfig(uploadURL: url),
            home: arpguard.home, seams: seams)
    }

    @Test func `what a newer version would collect is withheld, named, and shown as new`() throws {
        let older = control(nil, .standard.keeping("app_start", "app_stop", "feature_usage"))
        try older.enable(older.terms)
        let status = try arpguard("telemetry", "status")
        let row = status.stdout.split(separator: "\n").first { $0.hasPrefix("withheld") }
        #expect(row?.contains("alert_generated.severity") == true, "\(status.stdout)")
        let terms = try arpguard("telemetry", "enable")
        let new = terms.stdout.split(separator: "\n").first { $0.contains("new:") }
        #expect(new?.contains("alert_generated.severity") == true, "\(terms.stdout)")
        #expect(new?.contains("app_start") == false)
        #expect(try arpguard("telemetry", "enable", "--confirm").status == 0)
        #expect(try !arpguard("telemetry", "status").stdout.contains("\nwithheld"))
    }

    @Test func `another place is told with what to do, and nothing would leave`() throws {
        let first = control("http://127.0.0.1:1/v1/logs")
        try first.enable(first.terms)
        let url = "http://localhost:1/v1/logs"
        #expect(try arpguard("config", "set", "telemetry.upload_url", url).status == 0)
        let status = try arpguard("telemetry", "status").stdout
        let difference =
            "http://localhost:1 is configured, and the yes is for http://127.0.0.1:1"
        #expect(status.contains("blocked: \(difference) (terms_changed)"), "\(status)")
        #expect(
            status.contains(
                "to agree to what is configured now:  \(arpguard.told) telemetry enable"))
        let changes = try arpguard.telemetryStatus()["terms_changes"]
        #expect(
            changes == [
                ["term": "origin", "agreed": "http://127.0.0.1:1", "now": "http://localhost:1"]
            ])
        let asked = try arpguard("telemetry", "enable").stdout
        #expect(asked.contains(difference), "\(asked)")
        #expect(try arpguard("telemetry", "upload", "--dry-run").stderr.contains("no batch would"))
        #expect(try arpguard("telemetry", "enable", "--confirm").status == 0)
        #expect(try arpguard.telemetryStatus()["terms_changes"] == [])
        #expect(try !arpguard("telemetry", "enable").stdout.contains("changed:"))
    }

    @Test func `a first yes, and one after a no, is told no difference`() throws {
        let set = ["config", "set", "telemetry.upload_url", "http://127.0.0.1:1/v1/logs"]
        #expect(try arpguard(set).status == 0)
        #expect(try !arpguard("telemetry", "enable").stdout.contains("changed:"))
        #expect(try arpguard("telemetry", "enable", "--confirm").status == 0)
        #expect(try arpguard("telemetry", "disable").status == 0)
        let other = ["config", "set", "telemetry.upload_url", "http://127.0.0.1:2/v1/logs"]
        #expect(try arpguard(other).status == 0)
        #expect(try !arpguard("telemetry", "enable").stdout.contains("changed:"))
    }

    /// Has something sent from the home, as far as the home knows.
    private func haveOneBatchSent(to url: String, isAnswered: Bool = true) throws {
        #expect(try arpguard("config", "set", "telemetry.upload_url", url).status == 0)
        #expect(try arpguard("telemetry", "enable", "--confirm").status == 0)
        let capture = RepositoryRoot.file("captures/lab-atk-mitm-ettercap.pcap")
        #expect(try arpguard("replay", capture).status == 1)
        let outbox = try #require(try control(url).outbox())
        guard case .batch(let batch) = try outbox.next(), try outbox.begin(batch) else {
            throw TestKitError("nothing to send")
        }
        if isAnswered { try outbox.accepted(batch, rejected: 0, answer: "200") }
    }

    @Test func `with nothing left to send the preview and the dry run say so`() throws {
        try haveOneBatchSent(to: "http://127.0.0.1:1/v1/logs")
        let preview = try arpguard("telemetry", "preview")
        #expect(preview.status == 0 && preview.stdout.isEmpty)
        #expect(preview.stderr.contains("nothing waits to be uploaded"))
        let dry = try arpguard("telemetry", "upload", "--dry-run")
        #expect(dry.stdout.isEmpty && dry.stderr.contains("nothing waits to be uploaded"))
    }

    @Test func `an erasure that was tried and not confirmed is told, and asked again`() throws {
        try haveOneBatchSent(to: "http://127.0.0.1:1/v1/logs")
        let rotated = try arpguard("telemetry", "rotate-id", "--confirm")
        #expect(rotated.status == 0)
        #expect(rotated.stdout.contains("not confirmed yet: the erasure at http://127.0.0.1:1"))
        #expect(try arpguard("telemetry", "upload", "--dry-run").stdout.contains("DELETE http"))
    }

    @Test func `an erasure that is due is part of what a dry run shows`() throws {
        let url = "http://127.0.0.1:1/v1/logs"
        try haveOneBatchSent(to: url)
        // Without the helper, which would try it at once.
        _ = try control(url).rotateID()
        let dry = try arpguard("telemetry", "upload", "--dry-run").stdout
        #expect(dry.hasPrefix("DELETE http://127.0.0.1:1/v1/installations/"), "\(dry)")
        let json = try JSONValue.parse(
            arpguard("telemetry", "upload", "--dry-run", "--format", "json").stdout)
        #expect(json["method"] == "DELETE")
    }

    @Test func `a dry run names each header of an erasure that leaves, and tells no secret`() throws
    {
        let server = try FakeServer(otherwise: .answer(204))
        let url = server.url()
        try haveOneBatchSent(to: url)
        _ = try control(url).rotateID()
        let text = try arpguard("telemetry", "upload", "--dry-run").stdout
        let json = try arpguard("telemetry", "upload", "--dry-run", "--format", "json").stdout
        #expect(try arpguard("telemetry", "upload").status == 0)
        let request = try #require(server.requests.first { $0.method == "DELETE" })
        let secret = try #require(request.header("Authorization")?.split(separator: " ").last)
        let names = request.headers.map(\.name)
        let lines = text.split(separator: "\n").dropFirst()
        let shownNames = lines.map { line in String(line.prefix { $0 != ":" }) }
        #expect(shownNames == names, "\(text)")
        let told = try JSONValue.parse(json)["headers"]?.arrayValue ?? []
        #expect(told.map { $0["name"]?.stringValue } == names)
        let values = request.headers.map { $0.name == "Authorization" ? nil : $0.value }
        #expect(told.map { $0["value"]?.stringValue } == values)
        for shown in [text, json] { #expect(!shown.contains(secret)) }
    }

    @Test(arguments: [
        (["/v1/logs"], ["delete-data asks for their erasure"], "asked"),
        (["/logs"], ["nobody can be asked to erase them"], "delete-data asks"),
        (["/logs", "/v1/logs"], ["delete-data asks", "not where that can't be"], "nobody"),
    ])
    func `of what was cut off it is told whether somebody can be asked to erase it`(
        paths: [String], told: [String], untold: String
    ) throws {
        for path in paths {
            try haveOneBatchSent(
                to: "http://127.0.0.1:1\(path)", isAnswered: path != paths.last)
        }
        #expect(try arpguard("telemetry", "disable").status == 0)
        let status = try arpguard("telemetry", "status").stdout
        let row = status.split(separator: "\n").first { $0.hasPrefix("cut off") } ?? ""
        for words in told { #expect(row.contains(words), "\(status)") }
        #expect(!row.contains(untold), "\(row)")
    }

    @Test func `of what was cut off each reason is told why nobody can be asked to erase it`()
        throws
    {
        try haveOneBatchSent(to: "http://127.0.0.1:1/logs")
        try arpguard.folder.write("", to: "own/telemetry/consent.json")
        try haveOneBatchSent(to: "http://127.0.0.1:1/logs", isAnswered: false)
        #expect(try arpguard("telemetry", "disable").status == 0)
        let status = try arpguard("telemetry", "status").stdout
        let row = status.split(separator: "\n").first { $0.hasPrefix("cut off") } ?? ""
        #expect(row.contains("did not end in /v1/logs; and the record of the consent"), "\(status)")
    }

    @Test func `where a place offers no erasure, a new identifier says what stays there`() throws {
        try haveOneBatchSent(to: "http://127.0.0.1:1/elsewhere")
        let rotated = try arpguard("telemetry", "rotate-id", "--confirm")
        #expect(rotated.stdout.contains("can't be erased elsewhere"), "\(rotated)")
    }

    @Test func `one declared binding is taken back, and the rest stays`() throws {
        let key = "detection.static_bindings"
        for number in 1...2 {
            let mac = "02:00:00:00:00:0\(number)"
            #expect(try arpguard("config", "set", "\(key).10.0.0.\(number)", mac).status == 0)
        }
        #expect(try arpguard("config", "unset", "\(key).10.0.0.1").status == 0)
        let left = try JSONValue.parse(arpguard("config", "get", key).stdout)
        #expect(left == ["10.0.0.2": "02:00:00:00:00:02"])
    }

    @Test func `a configuration that is no JSON is a finding with its place`() throws {
        try RealFileSystem().createFolder(arpguard.home)
        try arpguard.folder.write("{\"telemetry\": {", to: "own/config.json")
        let text = try arpguard("config", "check")
        #expect(text.status == 1, "\(text.stderr)")
        #expect(text.stdout.contains("config.json: "), "\(text.stdout)")
        let json = try JSONValue.parse(arpguard("config", "check", "--format", "json").stdout)
        let problem = json["problems"]?.arrayValue?.first
        #expect(problem?["key"] == .null && problem?["expected"]?.stringValue != nil, "\(json)")
    }

    @Test(.enabled(if: geteuid() == 0, "only root may have an /etc of its own"))
    func `an administrator's no is told with its file, whatever the command`() throws {
        try expect(
            "the administrator forbids telemetry: /etc/arpguard/telemetry-policy.json",
            of: #"{"telemetry": "deny"}"#)
    }

    @Test(.enabled(if: geteuid() == 0, "only root may have an /etc of its own"))
    func `a policy that can't be read is told as one that may forbid it`() throws {
        try expect(
            "/etc/arpguard/telemetry-policy.json can't be read, and may forbid telemetry",
            of: #"{"telemetry": "#)
    }

    /// Expects a refusal in these words under an administrator's file.
    private func expect(_ words: String, of policy: String) throws {
        let script = """
            mount -t tmpfs tmpfs /etc && mkdir /etc/arpguard || exit 99
            echo '\(policy)' >/etc/arpguard/telemetry-policy.json
            exec "$@"
            """
        func run(_ words: String...) throws -> CommandResult {
            try CommandRunner.run(
                "/usr/bin/unshare",
                ["-m", "/bin/sh", "-c", script, "sh", Executables.path("arpguard")]
                    + ["--home", arpguard.home] + words)
        }
        let enable = try run("telemetry", "enable", "--confirm")
        #expect(enable.status == 2)
        #expect(enable.stderr.contains(words), "\(enable.stderr)")
        let status = try JSONValue.parse(run("telemetry", "status", "--format", "json").stdout)
        #expect(status["enabled"] == false)
        #expect(status["blocked_by"] == ["admin_policy", "not_asked"])
        #expect(try run("telemetry", "disable").status == 0)
    }
}
