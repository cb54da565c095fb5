// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import JSON
import Modules
import Program
import Synchronization
import Telemetry
import TestKit
import Testing

/// What was sent from a folder is asked to be erased from there, whatever folder is configured.
@Suite struct ErasurePlacesTests {
    let arpguard: Arpguard
    let capture = RepositoryRoot.file("captures/lab-atk-mitm-ettercap.pcap")
    private var first: String { arpguard.folder.file("first") }

    init() throws { arpguard = try Arpguard() }

    func run(_ words: String...) throws {
        let end = try arpguard(words)
        #expect(end.status == 0, "\(words): \(end.stderr)")
    }

    func store(in folder: String) throws {
        let path = folder.hasPrefix("/") ? folder : arpguard.folder.file(folder)
        try run("config", "set", "telemetry.storage_path", path)
    }

    /// Sends what is recorded to a server, from a folder of its own or, without one, the usual.
    func send(to server: FakeServer, from folder: String?) throws {
        if let folder { try store(in: folder) }
        try run("config", "set", "telemetry.upload_url", server.url())
        try run("telemetry", "enable", "--confirm")
        #expect(try arpguard("replay", capture).status == 1)
        try run("telemetry", "upload")
    }

    /// Has a folder ask a server for the erasure of what it sent there, and another one configured.
    func askFromFirst(_ server: FakeServer) throws {
        try send(to: server, from: "first")
        try run("telemetry", "delete-data", "--confirm")
        try run("telemetry", "disable")
        try store(in: "second")
    }

    /// Has the requests of a folder be due, whatever the server asked for, or only at a time.
    func makeDue(_ folder: String, at time: Timestamp = Timestamp(nanoseconds: 0)) throws {
        let bytes = try arpguard.folder.read("\(folder)/erasures.json")
        let list = String(decoding: bytes, as: UTF8.self)
        try arpguard.folder.write(
            list.replacing(/"(next_attempt_at|wish)": [0-9]+/) {
                "\"\($0.1)\": \(time.nanoseconds)"
            },
            to: "\(folder)/erasures.json")
    }

    /// What a program that runs on in this home would have to send, and when.
    func agenda() throws -> UploadAgenda {
        let agenda = Mutex(UploadAgenda())
        let command = Command("look", summary: "Look", flags: Flag.common) {
            invocation throws(CommandFailure) in
            let setup = TelemetrySetup(try ProgramContext(invocation), invocation)
            agenda.withLock { $0 = setup.uploadAgenda() }
            return .success
        }
        let status = CommandLineTool(command, version: "1").run(
            ["--home", arpguard.home], environment: Environment([:]),
            standardOutput: DescriptorSink.standardOutput,
            standardError: DescriptorSink.standardError)
        try #require(status == .success)
        return agenda.withLock(\.self)
    }

    @Test func `a program that runs on knows when a request of another folder is due`() throws {
        let patience = FakeReply.answer(503, headers: [HTTPHeader("Retry-After", "3600")])
        let server = try FakeServer(.answer(200), otherwise: patience)
        try askFromFirst(server)
        let now = SystemClock().now()
        #expect(try !agenda().isDue(at: now), "the server asked for patience")
        #expect(try agenda().dueAt != nil)
        try makeDue("first")
        #expect(try agenda().isDue(at: now))
    }

    func pending() throws -> Int64? {
        try arpguard.telemetryStatus()["pending_erasures"]?.integerValue
    }

    @Test func `a request outlives every change of the folder`() throws {
        let patience = FakeReply.answer(503, headers: [HTTPHeader("Retry-After", "3600")])
        let server = try FakeServer(.answer(200), patience, otherwise: .answer(204))
        try send(to: server, from: "first")
        try run("telemetry", "delete-data", "--confirm")
        try run("telemetry", "disable")
        for folder in ["second", "third"] {
            try store(in: folder)
            let place = try arpguard.telemetryStatus()["other_places"]?.arrayValue?.first
            #expect(place?["path"]?.stringValue == first)
            #expect(place?["pending_erasures"] == 1)
            #expect(try pending() == 1)
            let shown = try arpguard("telemetry", "status").stdout
            #expect(shown.contains("0 events and 1 pending erasure in"), "\(shown)")
            try run("telemetry", "upload")
        }
        #expect(server.requests.map(\.method) == ["POST", "DELETE"], "it asked for patience")
        try makeDue("first")
        #expect(try arpguard("telemetry", "upload", "--dry-run").stdout.contains("DELETE http"))
        #expect(
            try CommandRunner.run(
                Executables.path("arpguard-upload"), ["--home", arpguard.home, "--if-due"],
                environment: [:]
            ).status == 0)
        #expect(server.requests.map(\.method) == ["POST", "DELETE", "DELETE"])
        #expect(try pending() == 0)
        #expect(try !arpguard.folder.contents().contains { $0.hasPrefix("second") })
    }

    @Test(arguments: [nil, "first"], ["upload", "delete-data --confirm"])
    func `one folder that is in the way keeps no other's request back`(
        from: String?, command: String
    ) throws {
        let server = try FakeServer(.answer(200), .answer(503), otherwise: .answer(204))
        try send(to: server, from: from)
        try run("telemetry", "delete-data", "--confirm")
        let folder = from ?? "own/telemetry"
        try makeDue(folder)
        try arpguard.folder.write("in the way", to: "broken/journal")
        try store(in: "broken")
        let end = try arpguard(["telemetry"] + command.split(separator: " ").map(String.init))
        #expect(end.status == 2)
        #expect(end.stderr.contains("broken/journal"), "\(end.stderr)")
        try store(in: "third")
        #expect(server.requests.map(\.method) == ["POST", "DELETE", "DELETE"])
        #expect(try pending() == 0)
    }

    @Test(arguments: ["/proc/nowhere/t", "disk/t"])
    func `where the configured folder is away, others are asked for and told`(folder: String) throws
    {
        let server = try FakeServer(.answer(200), otherwise: .answer(204))
        try send(to: server, from: nil)
        let recorded = try arpguard.telemetryStatus()["events"]?["recorded"]?.integerValue ?? 0
        try store(in: folder)
        if folder == "disk/t" {
            try run("telemetry", "enable", "--confirm")
            let disk = arpguard.folder.file("disk")
            try RealFileSystem().rename(disk, to: disk + ".away")
        }
        let end = try arpguard("telemetry", "delete-data", "--confirm")
        #expect(end.status == 0, "\(end.stderr)")
        #expect(end.stdout.contains("deleted \(recorded) events"), "\(end.stdout)")
        #expect(end.stdout.contains("the collector confirmed the erasure"), "\(end.stdout)")
        #expect(!end.stdout.contains("not all"), "\(end.stdout)")
        #expect(server.requests.map(\.method) == ["POST", "DELETE"])
        #expect(try pending() == 0)
        let told = try arpguard("telemetry", "upload").stderr
        #expect(told.contains("what waits in it is not sent") == (folder == "disk/t"), "\(told)")
    }

    @Test func `an upload at work in one folder hides nothing of what others were answered`() throws
    {
        let server = try FakeServer(.answer(200), .answer(405))
        try send(to: server, from: "first")
        try store(in: "second")
        try run("telemetry", "enable", "--confirm")
        let lock = arpguard.folder.file("second/upload.lock")
        let held = try #require(try RealFileSystem().lock(lock))
        let end = try arpguard("telemetry", "delete-data", "--confirm").stdout
        withExtendedLifetime(held) {}
        #expect(end.contains("the server does not support it"), "\(end)")
        #expect(server.requests.map(\.method) == ["POST", "DELETE"])
    }

    @Test func `requests from another folder go before batches, and neither for ever`() throws {
        let server = try FakeServer(.answer(200), .answer(500), otherwise: .answer(200))
        try askFromFirst(server)
        try run("telemetry", "enable", "--confirm")
        #expect(server.requests.map(\.method) == ["POST", "DELETE"])
        for methods in [["DELETE"], ["POST"]] {
            #expect(try arpguard("replay", capture).status == 1)
            if methods == ["DELETE"] { try makeDue("first") }
            let before = server.requests.count
            let dry = try arpguard("telemetry", "upload", "--dry-run").stdout
            let isFirst = try arpguard.telemetryStatus()["erasures_first"]
            #expect(isFirst == .bool(methods == ["DELETE"]))
            #expect(dry.contains("DELETE http") == (methods == ["DELETE"]))
            try run("telemetry", "upload")
            #expect(Set(server.requests.dropFirst(before).map(\.method)) == Set(methods))
        }
        #expect(try pending() == 0)
    }

    @Test func `batches keep requests of other folders away, and fail by none of these`() throws {
        let server = try FakeServer(.answer(200), .answer(500), otherwise: .answer(200))
        try askFromFirst(server)
        try run("telemetry", "enable", "--confirm")
        #expect(try arpguard("replay", capture).status == 1)
        // Later than this test takes.
        try makeDue("first", at: SystemClock().now().advanced(bySeconds: 1_800))
        try run("telemetry", "upload")
        #expect(server.requests.map(\.method) == ["POST", "DELETE", "POST"])
        let list = String(
            decoding: try arpguard.folder.read("first/erasures.json"), as: UTF8.self)
        let next = list.firstMatch(of: /"next_attempt_at": ([0-9]+)/).flatMap { Int64($0.1) }
        let hour = SystemClock().now().advanced(bySeconds: 3000)
        #expect(try #require(next) > hour.nanoseconds)

        let store = arpguard.folder.file("first/store.sqlite")
        try RealFileSystem().remove(store)
        try RealFileSystem().createFolder(store)
        #expect(try arpguard("replay", capture).status == 1)
        let end = try arpguard("telemetry", "upload")
        #expect(end.status == 0, "\(end.stderr)")
        #expect(server.requests.map(\.method) == ["POST", "DELETE", "POST", "POST"])
        #expect(end.stderr.contains("first"), "\(end.stderr)")
    }

    @Test func `a folder that can't be opened keeps no request of another one back`() throws {
        let server = try FakeServer(.answer(200), .answer(500), otherwise: .answer(204))
        try send(to: server, from: "first")
        try run("telemetry", "delete-data", "--confirm")
        try store(in: "second")
        try run("telemetry", "enable", "--confirm")
        try makeDue("first")
        let path = arpguard.folder.file("second/store.sqlite")
        try RealFileSystem().remove(path)
        try RealFileSystem().createFolder(path)
        #expect(try arpguard("telemetry", "upload").status == 2)
        #expect(server.requests.map(\.method) == ["POST", "DELETE", "DELETE"])
        #expect(try arpguard.folder.contents().contains { $0 == "first/erasures.json" } == false)
    }

    @Test func `where the list of folders can't be read it is not known what is pending`() throws {
        let server = try FakeServer(.answer(200), otherwise: .answer(503))
        try send(to: server, from: "first")
        try run("telemetry", "delete-data", "--confirm")
        try store(in: "second")
        try arpguard.folder.write("damaged", to: "own/telemetry-places.json")
        let status = try arpguard.telemetryStatus()
        #expect(status["pending_erasures"] == .null)
        #expect(status["erasures_error"]?.stringValue?.contains("telemetry-places.json") == true)
        let end = try arpguard("telemetry", "delete-data", "--confirm")
        #expect(end.status == 2)
        #expect(!end.stdout.contains("nothing was sent"), "\(end.stdout)")
        #expect(end.stdout.contains("is not known"), "\(end.stdout)")
    }

    @Test func `a server that erases by now is not called one that does not`() throws {
        let server = try FakeServer(
            .answer(200), .answer(404), .answer(200), otherwise: .answer(204))
        try send(to: server, from: nil)
        let first = try arpguard("telemetry", "delete-data", "--confirm").stdout
        #expect(first.contains("the server does not support it"), "\(first)")
        try send(to: server, from: nil)
        let second = try arpguard("telemetry", "delete-data", "--confirm").stdout
        #expect(second.contains("the collector confirmed the erasure"), "\(second)")
    }

    @Test func `what a server was not asked for is not called unsupported`() throws {
        let server = try FakeServer(.answer(200), otherwise: .answer(503))
        try send(to: server, from: nil)
        try store(in: "/proc/nowhere/t")
        let end = try arpguard("telemetry", "delete-data", "--confirm")
        #expect(end.stdout.contains("not confirmed yet: the erasure at"), "\(end.stdout)")
        #expect(try pending() == 1)
        let again = try arpguard("telemetry", "delete-data", "--confirm").stdout
        #expect(!again.contains("does not support"), "\(again)")
    }
}
