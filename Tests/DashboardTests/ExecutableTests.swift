// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPServing
import JSON
import Modules
import TestKit
import Testing

/// `arpguard telemetry dashboard` as a person starts it.
@Suite struct ExecutableTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private func start(
        _ words: String..., environment: [String: String] = [:]
    ) throws -> RunningProcess {
        var variables = ["ARPGUARD_HOME": folder.file("own"), "HOME": folder.path]
        variables.merge(environment) { $1 }
        return try RunningProcess(
            Executables.path("arpguard"), ["telemetry", "dashboard"] + words,
            environment: variables)
    }

    private func ready(_ process: RunningProcess) throws -> JSONValue {
        try JSONValue.parse(try process.waitForLine(containing: "url"))
    }

    private func port(_ said: JSONValue) throws -> UInt16 {
        let url = try #require(said["url"]?.stringValue)
        return try #require(url.split(separator: ":").last.flatMap { UInt16($0.dropLast()) })
    }

    /// Opens the session with the code.
    private func comeIn(_ said: JSONValue) throws -> HTTPReply {
        let code = try #require(said["code"]?.stringValue)
        return try HTTPClient.send(
            "POST", "/session", port: port(said),
            headers: [
                HTTPHeader("Origin", "null"),
                HTTPHeader("Content-Type", "application/x-www-form-urlencoded"),
            ], body: Array("code=\(code)".utf8))
    }

    private func run(_ words: String..., status: Int32 = 0) throws {
        let end = try CommandRunner.run(
            Executables.path("arpguard"), words,
            environment: ["ARPGUARD_HOME": folder.file("own"), "HOME": folder.path])
        #expect(end.status == status, "\(words): \(end.stderr)")
    }

    @Test func `it tells what another folder of the home still asks to be erased`() throws {
        let server = try FakeServer(.answer(200), otherwise: .answer(503))
        try run("config", "set", "telemetry.upload_url", server.url())
        try run("config", "set", "telemetry.storage_path", folder.file("first"))
        try run("telemetry", "enable", "--confirm")
        try run("replay", "--sample", status: 1)
        try run("telemetry", "upload")
        try run("telemetry", "delete-data", "--confirm")
        try run("config", "set", "telemetry.storage_path", folder.file("second"))
        let process = try start("--no-browser", "--format", "json")
        let said = try ready(process)
        let cookie = try #require(comeIn(said).header("Set-Cookie"))
        let page = try HTTPClient.send(
            "GET", "/consent", port: port(said),
            headers: [HTTPHeader("Cookie", String(cookie.prefix { $0 != ";" }))])
        #expect(page.text.contains("1, at http://127.0.0.1"))
        process.send(signal: SIGTERM)
        #expect(try process.waitForEnd().status == 0)
    }

    @Test func `its pages tell of the watch that runs, and commands for its home`() throws {
        let home = folder.file("other")
        let flags = ["--home", home]
        for words in [
            ["config", "set", "telemetry.upload_url", "https://t.example.org/v1/logs"],
            ["telemetry", "enable", "--confirm"],
        ] {
            let end = try CommandRunner.run(Executables.path("arpguard"), flags + words)
            #expect(end.status == 0, "\(end.stderr)")
        }
        let sample = flags + ["replay", "--sample"]
        #expect(try CommandRunner.run(Executables.path("arpguard"), sample).status == 1)
        let lock = try #require(try RealFileSystem().lock("\(home)/watch.lock"))
        let process = try start("--no-browser", "--format", "json", "--home", home)
        let said = try ready(process)
        let cookie = try #require(comeIn(said).header("Set-Cookie"))
        let page = try HTTPClient.send(
            "GET", "/consent", port: port(said),
            headers: [HTTPHeader("Cookie", String(cookie.prefix { $0 != ";" }))])
        #expect(page.text.contains(", by the watch that runs here"), "\(page.text)")
        #expect(page.text.contains("none by itself now: the watch of this home has written"))
        let command = page.text.firstMatch(of: /arpguard --home [^ ]+other[^ ]+ telemetry disable/)
        #expect(command != nil, "\(page.text)")
        process.send(signal: SIGTERM)
        #expect(try process.waitForEnd().status == 0)
        withExtendedLifetime(lock) {}
    }

    /// What `telemetry status` says in its row of that name.
    private func row(_ name: String, _ flags: [String]) throws -> String {
        let status = try CommandRunner.run(
            Executables.path("arpguard"), flags + ["telemetry", "status"])
        let line = status.stdout.split(separator: "\n").first { $0.hasPrefix(name) } ?? ""
        return String(line.dropFirst(name.count).drop { $0 == " " })
    }

    @Test func `its pages say of uploads and erasures what the status says`() throws {
        let patience = FakeReply.answer(503, headers: [HTTPHeader("Retry-After", "3600")])
        let server = try FakeServer(.answer(200), otherwise: patience)
        let home = folder.file("other")
        let flags = ["--home", home]
        for words in [
            ["config", "set", "telemetry.upload_url", server.url()],
            ["telemetry", "enable", "--confirm"], ["replay", "--sample"], ["telemetry", "upload"],
            ["telemetry", "delete-data", "--confirm"], ["replay", "--sample"],
        ] {
            _ = try CommandRunner.run(Executables.path("arpguard"), flags + words)
        }
        #expect(server.requests.map(\.method) == ["POST", "DELETE"])
        let process = try start("--no-browser", "--format", "json", "--home", home)
        let said = try ready(process)
        let cookie = try #require(comeIn(said).header("Set-Cookie"))
        func expectSame(_ words: String, in name: String) throws {
            let row = try row(name, flags)
            #expect(row.contains(words), "\(name): \(row)")
            let page = try HTTPClient.send(
                "GET", "/consent", port: port(said),
                headers: [HTTPHeader("Cookie", String(cookie.prefix { $0 != ";" }))]
            ).text.replacing("&#39;", with: "'")
            #expect(page.contains("<dd>\(row)</dd>"), "\(row): \(page)")
        }
        let path = "\(home)/upload.lock"
        do {
            let lock = try #require(try RealFileSystem().lock(path))
            try expectSame("; at work now: process \(getpid())", in: "next upload")
            withExtendedLifetime(lock) {}
        }
        try expectSame("as the server wished, until they are confirmed", in: "pending erasures")
        try RealFileSystem().remove(path)
        try RealFileSystem().createFolder(path)
        let fault = "\(path) can't be locked: it is a folder"
        try expectSame("none: \(fault)", in: "next upload")
        try expectSame(": not asked for from here: \(fault)", in: "pending erasures")
        process.send(signal: SIGTERM)
        #expect(try process.waitForEnd().status == 0)
    }

    @Test func `it serves on loopback, and SIGTERM ends it and its file`() throws {
        let process = try start("--no-browser", "--format", "json")
        let said = try ready(process)
        let port = try port(said)
        #expect(said["url"]?.stringValue == "http://127.0.0.1:\(port)/")
        #expect(try HTTPClient.send("GET", "/", port: port).status == 401)
        let file = try #require(said["file"]?.stringValue)
        var status = stat()
        try #require(unsafe stat(file, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        #expect(try comeIn(said).status == 200)
        process.send(signal: SIGTERM)
        #expect(try process.waitForEnd().status == 0)
        #expect(unsafe access(file, F_OK) != 0)
    }

    @Test func `one that ends leaves another's way in`() throws {
        let first = try start("--no-browser", "--format", "json")
        let file = try #require(ready(first)["file"]?.stringValue)
        let second = try start("--no-browser", "--format", "json")
        let said = try ready(second)
        first.send(signal: SIGTERM)
        #expect(try first.waitForEnd().status == 0)
        let text = try RealFileSystem().read(file, bytesMax: 1 << 16)
        let code = try #require(said["code"]?.stringValue)
        #expect(String(decoding: text, as: UTF8.self).contains(code))
        second.send(signal: SIGTERM)
        #expect(try second.waitForEnd().status == 0)
        #expect(unsafe access(file, F_OK) != 0)
    }

    @Test func `a port that is taken is said, with the way out`() throws {
        let socket = try ListenSocket(.loopback(port: 0))
        let port = try socket.boundAddress().port
        let result = try start("--no-browser", "--port", String(port)).waitForEnd()
        #expect(result.status == 2)
        #expect(
            result.stderr == """
                arpguard: error: can't listen on 127.0.0.1:\(port): address already in use
                arpguard: hint: leave out --port to take a free one

                """)
        withExtendedLifetime(socket) {}
    }

    /// The browser's command line holds the file's name and no code: it stands in the list of
    /// processes for everybody.
    @Test func `the browser is given the file, and no code`() throws {
        let seen = folder.file("seen")
        try #require(unsafe mkfifo(seen, 0o600) == 0)
        let browser = folder.file("browser")
        let made = try CommandRunner.run(
            "/bin/sh",
            [
                "-c", "printf '#!/bin/sh\\necho \"$@\" > %s\\n' \"$1\" > \"$0\"; chmod 755 \"$0\"",
                browser, seen,
            ])
        try #require(made.status == 0)
        let process = try start("--format", "json", environment: ["BROWSER": browser])
        let said = try ready(process)
        // Reading a pipe with a name waits for its writer.
        let words = try CommandRunner.run("/bin/cat", [seen]).stdout
        #expect(words == "\(said["file"]?.stringValue ?? "")\n")
        process.send(signal: SIGINT)
        #expect(try process.waitForEnd().status == 0)
    }

    @Test func `without a browser the way in is said`() throws {
        let process = try start()
        let code = try process.waitForLine(containing: "code")
        process.send(signal: SIGTERM)
        let result = try process.waitForEnd()
        #expect(result.status == 0 && code.split(separator: " ").last?.count == 32)
        #expect(result.stderr.contains("arpguard: no browser could be opened: "))
    }

    @Test(arguments: ["table", "json"])
    func `one whose address nobody can read ends at once`(format: String) throws {
        let result = try CommandRunner.run(
            "/bin/sh",
            [
                "-c", "exec \"$0\" telemetry dashboard --no-browser --format \(format) >/dev/full",
                Executables.path("arpguard"),
            ], environment: ["ARPGUARD_HOME": folder.file("own"), "HOME": folder.path])
        #expect(result.status == 2)
        let lost = "arpguard: error: standard output can't be written: No space left on device\n"
        #expect(result.stderr.hasPrefix(lost) && !result.stderr.contains("Ctrl-C"))
        #expect(unsafe access(folder.file("own/dashboard.html"), F_OK) != 0)
    }

    @Test func `a quiet one without a browser says that there is no way in`() throws {
        let unprinted = try start("--quiet", "--no-browser").waitForEnd()
        #expect(unprinted.status == 64)
        #expect(unprinted.stderr.contains("--quiet prints neither address nor code"))
        let unopened = try start("--quiet").waitForEnd()
        #expect(unopened.status == 2)
        #expect(unopened.stderr.hasPrefix("arpguard: error: no browser could be opened\n"))
    }

    @Test(arguments: [["--port", "0"], ["--port", "65536"], ["--port", "x"], ["extra"]])
    func `a wrong command line has its own status`(words: [String]) throws {
        let result = try CommandRunner.run(
            Executables.path("arpguard"), ["telemetry", "dashboard"] + words)
        #expect(result.status == 64)
    }
}
