// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import Modules
import SQLite
import TestKit
import Testing

/// The built program, run with a home of its own and nothing else from outside.
struct Arpguard {
    let folder: TemporaryDirectory

    /// The home; absent at first.
    var home: String { folder.file("own") }

    /// How commands for the home are told, behind which the rest of a command stands.
    var told: String { "arpguard --home '\(home)'" }

    init() throws { folder = try TemporaryDirectory() }

    func callAsFunction(
        _ words: String..., environment: [String: String] = [:]
    ) throws -> CommandResult {
        try callAsFunction(words, environment: environment)
    }

    func callAsFunction(
        _ words: [String], environment: [String: String] = [:]
    ) throws -> CommandResult {
        var variables = ["ARPGUARD_HOME": home, "HOME": folder.path]
        variables.merge(environment) { $1 }
        return try CommandRunner.run(
            Executables.path("arpguard"), words, environment: variables,
            workingDirectory: folder.path)
    }

    /// Agrees to send to a server that never answers a batch, records what a capture gives, and
    /// begins an upload, which has reached the server.
    func uploading(_ capture: String, to server: FakeServer) throws -> RunningProcess {
        _ = try self("config", "set", "telemetry.upload_url", server.url())
        _ = try self("telemetry", "enable", "--confirm")
        _ = try self("replay", capture)
        let upload = try RunningProcess(Executables.path("arpguard-upload"), ["--home", home])
        _ = try server.waitForRequests(1)
        return upload
    }

    /// What `telemetry status` says as JSON.
    func telemetryStatus(_ environment: [String: String] = [:]) throws -> JSONValue {
        let result = try self("telemetry", "status", "--format", "json", environment: environment)
        try #require(result.status == 0, "\(result.stderr)")
        return try JSONValue.parse(result.stdout)
    }

    /// Keeps telemetry in a folder, agrees to it there and replays a capture with attacks; how many
    /// events that recorded.
    func record(_ capture: String, in place: String) throws -> Int64 {
        #expect(try self("config", "set", "telemetry.storage_path", place).status == 0)
        #expect(try self("telemetry", "enable", "--confirm").status == 0)
        #expect(try self("replay", capture).status == 1)
        let recorded = try telemetryStatus()["events"]?["recorded"]?.integerValue ?? 0
        #expect(recorded > 0)
        return recorded
    }

    /// What reads the store of a folder until it commits.
    func reader(of folder: String) throws -> Connection {
        let reader = try Connection(path: "\(folder)/store.sqlite", mode: .readOnly)
        try reader.execute("BEGIN")
        _ = try reader.integer("SELECT count(*) FROM events")
        return reader
    }

    /// Deletes beside a reader that lets go as soon as the deletion's own upload is at work.
    func delete(beside reader: Connection, _ words: String...) throws -> CommandResult {
        let deletion = try RunningProcess(
            Executables.path("arpguard"), ["telemetry", "delete-data", "--confirm"] + words,
            environment: ["ARPGUARD_HOME": home, "HOME": folder.path])
        let deadline = Deadline.within(.seconds(60))
        while try !RealFileSystem().isLocked("\(home)/upload.lock") {
            try #require(!deadline.hasPassed)
            sched_yield()
        }
        try reader.execute("COMMIT")
        return try deletion.waitForEnd()
    }

    /// Shuts others out of a home that a test made by writing into it.
    func secureHome() { _ = unsafe chmod(home, 0o700) }
}
