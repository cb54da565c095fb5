// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import Modules
import SQLite
import TestKit
import Testing

@testable import Collector

/// The built program, run as a person runs it.
@Suite struct CommandTests {
    private static func run(_ arguments: String..., in folder: TemporaryDirectory) throws
        -> CommandResult
    {
        try CommandRunner.run(
            Executables.path("arpguard-collector"), arguments, workingDirectory: folder.path)
    }

    private static func serve(
        _ folder: TemporaryDirectory, _ more: String...
    ) throws -> RunningProcess {
        try RunningProcess(
            Executables.path("arpguard-collector"),
            [
                "serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--store",
                "sqlite:\(folder.file("store.sqlite"))",
            ] + more)
    }

    /// The port of a line such as `intake http://127.0.0.1:4318/v1/logs`.
    private static func port(_ line: String) throws -> UInt16 {
        let parts = line.split(separator: ":")
        let digits = parts.last?.prefix { $0.isNumber } ?? ""
        return try #require(UInt16(digits), "no port in \(line)")
    }

    @Test(arguments: [SIGTERM, SIGINT, SIGHUP])
    func `serve says where it listens, takes telemetry, and ends when it is told to`(
        signal: Int32
    ) throws {
        let folder = try TemporaryDirectory()
        let server = try Self.serve(folder, "--k", "2")
        let intake = try server.waitForLine(containing: "intake ")
        let insight = try server.waitForLine(containing: "insight ")
        #expect(intake.hasPrefix("intake http://127.0.0.1:") && intake.hasSuffix("/v1/logs"))
        #expect(insight.hasPrefix("insight http://127.0.0.1:") && insight.hasSuffix("/"))
        let day = SystemClock().now().day
        for number in 1...2 {
            var request = SampleRequest(number)
            request.batch = batchText(number, day: day)
            let reply = try HTTPClient.send(
                "POST", "/v1/logs", port: Self.port(intake),
                headers: [HTTPHeader("Content-Type", "application/x-protobuf")],
                body: request.with("app_start", day: day).bytes)
            #expect(reply.status == 200)
        }
        let page = try HTTPClient.send("GET", "/", port: Self.port(insight))
        #expect(page.text.contains("<p class=\"figure\">2</p>"))
        let printed = try Self.run(
            "insight", "--store", "store.sqlite", "--format", "json", "--k", "2", in: folder)
        #expect(try JSONValue.parse(printed.stdout)["active_installations"] == 2)
        server.send(signal: signal)
        let result = try server.waitForEnd()
        #expect(result.status == 0)
        #expect(result.stderr.isEmpty)
        #expect(try folder.contents() == ["store.sqlite"])
    }

    @Test func `serve prints one JSON object when asked to`() throws {
        let folder = try TemporaryDirectory()
        let server = try Self.serve(folder, "--format", "json")
        let json = try JSONValue.parse(server.waitForLine(containing: "intake"))
        #expect(json.objectValue?.names == ["intake", "insight"])
    }

    @Test func `one whose addresses nobody can read ends at once`() throws {
        let folder = try TemporaryDirectory()
        let script = "exec \"$0\" serve --listen 127.0.0.1:0 --admin-listen 127.0.0.1:0 >/dev/full"
        let result = try CommandRunner.run(
            "/bin/sh", ["-c", script, Executables.path("arpguard-collector")],
            workingDirectory: folder.path)
        #expect(result.status == 2)
        #expect(
            result.stderr.hasPrefix(
                "arpguard-collector: error: standard output can't be written: No space left"))
    }

    @Test func `an insight of a service without a name is refused`() throws {
        let folder = try TemporaryDirectory()
        let result = try Self.run("insight", "--service", "", in: folder)
        #expect(result.status == 64)
        #expect(result.stderr.hasPrefix("arpguard-collector: error: --service is empty\n"))
    }

    @Test func `a taken port is a failure with a hint`() throws {
        let folder = try TemporaryDirectory()
        let server = try Self.serve(folder)
        let port = try Self.port(server.waitForLine(containing: "intake "))
        let result = try Self.run("serve", "--listen", "127.0.0.1:\(port)", in: folder)
        #expect(result.status == 2)
        #expect(
            result.stderr == """
                arpguard-collector: error: can't listen on 127.0.0.1:\(port): address already in use
                arpguard-collector: hint: end the program that listens there, or choose another \
                port; 0 takes a free one

                """)
        #expect(try !folder.contents().contains("arpguard-collector.sqlite"))
        let admin = try Self.run(
            "serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:\(port)", in: folder)
        #expect(admin.status == 2)
        #expect(try !folder.contents().contains("arpguard-collector.sqlite"))
    }

    private static let freePorts = ["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"]

    @Test(arguments: [
        RefusedCommand(
            arguments: ["serve", "--listen", "192.0.2.1:4318"], status: 64,
            error: "--listen: 192.0.2.1:4318 is not a loopback address, and there is no TLS"
        ),
        RefusedCommand(
            arguments: ["serve", "--listen", "[::1]:4319", "--admin-listen", "[::1]:4319"],
            status: 64, error: "--listen and --admin-listen are both [::1]:4319"),
        RefusedCommand(
            arguments: ["serve", "--config", "short-totals"], status: 2,
            error: "short-totals: totals_days is 9, and days are open for 10 (open_days)"),
        RefusedCommand(
            arguments: ["serve", "--admin-listen", "here"], status: 64,
            error: "--admin-listen: \"here\" is no address and port"),
        RefusedCommand(
            arguments: ["serve", "--listen", "127.0.0.1:65536"], status: 64,
            error: "--listen: \"127.0.0.1:65536\" is no address and port"),
        RefusedCommand(
            arguments: ["serve", "--store", "sqlite:/nonexistent/store.sqlite"] + freePorts,
            status: 2,
            error: "the store's folder /nonexistent/ is not there"),
        RefusedCommand(
            arguments: ["insight", "--store", "sqlite:letter"], status: 2,
            error: "letter is damaged or no collector store: file is not a database"),
        RefusedCommand(
            arguments: ["insight", "--store", "sqlite:none"], status: 2,
            error: "there is no store at none"),
        RefusedCommand(
            arguments: ["insight", "--store", "other:none"], status: 64,
            error: "--store 'other:none' names no store"),
        RefusedCommand(
            arguments: ["insight", "--from", "yesterday"], status: 64,
            error: "a day must be written as YYYY-MM-DD"),
        RefusedCommand(
            arguments: ["insight", "--k", "1"], status: 64, error: "--k '1' is out of bounds"),
        RefusedCommand(arguments: ["fly"], status: 64, error: "unknown command 'fly'"),
        RefusedCommand(arguments: [], status: 64, error: "'arpguard-collector' needs a command"),
    ])
    func `what can't be done is said with a hint and a status`(_ command: RefusedCommand) throws {
        let folder = try TemporaryDirectory()
        try folder.write(String(repeating: "Dear reader, ", count: 100), to: "letter")
        try folder.write(#"{"open_days": 10, "totals_days": 9}"#, to: "short-totals")
        try command.check(in: folder)
    }

    @Test func `a store that is damaged where no figure comes from has no insight`() throws {
        let store = try SampleStore()
        var tally = Tally()
        tally.add(.event, 3)
        try store.storage.commit(batch("A", of: 1, [today: [:]]), tally: tally)
        let whole = try Self.run("insight", "--store", "store.sqlite", in: store.folder)
        #expect(whole.status == 0)
        try store.storage.emptyLog()
        try Self.damage(store.path, tree: "tombstone_by_day")
        for words in [["insight"], ["serve"] + Self.freePorts] {
            let result = try CommandRunner.run(
                Executables.path("arpguard-collector"), words + ["--store", "store.sqlite"],
                workingDirectory: store.folder.path)
            #expect(result.status == 2, "\(words)")
            #expect(result.stdout.isEmpty)
            #expect(result.stderr.contains("damaged"))
        }
    }

    /// Overwrites the first page of a table or an index.
    private static func damage(_ path: String, tree: String) throws {
        let connection = try Connection(path: path, mode: .readOnly)
        let page = try #require(
            try connection.integer(
                "SELECT rootpage FROM sqlite_master WHERE name = ?", [.text(tree)]))
        let size = try #require(try connection.integer("PRAGMA page_size"))
        let result = try CommandRunner.run(
            "/bin/dd",
            [
                "if=/dev/zero", "of=\(path)", "bs=\(size)", "seek=\(page - 1)", "count=1",
                "conv=notrunc",
            ])
        #expect(result.status == 0)
    }

    @Test(arguments: [
        ["--help"], ["serve", "--help"], ["insight", "--help"], ["catalogue", "-h"],
    ])
    func `help is there on every level`(arguments: [String]) throws {
        let result = try CommandRunner.run(Executables.path("arpguard-collector"), arguments)
        #expect(result.status == 0)
        #expect(result.stdout.contains("usage: arpguard-collector"))
    }

    @Test func `the catalogue is printed whole`() throws {
        let folder = try TemporaryDirectory()
        let result = try Self.run("catalogue", "--format", "json", in: folder)
        #expect(try JSONValue.parse(result.stdout)["events"]?.arrayValue?.count == 7)
        #expect(try Self.run("catalogue", in: folder).stdout.contains("alert_generated"))
    }
}
