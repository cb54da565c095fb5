// SPDX-License-Identifier: Apache-2.0

import JSON
import TestKit
import Testing

/// The same contract for the collector: what its commands print is in the reference, all of it.
@Suite struct CollectorShapeTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private func collector(_ words: [String]) throws -> CommandResult {
        try CommandRunner.run(
            Executables.path("arpguard-collector"), words + ["--format", "json"],
            workingDirectory: folder.path)
    }

    /// Collects what two installations send, and returns what `serve` prints.
    private func collect() throws -> String {
        let server = try RunningProcess(
            Executables.path("arpguard-collector"),
            [
                "serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--store",
                "sqlite:store", "--format", "json",
            ], workingDirectory: folder.path)
        let line = try server.waitForLine(containing: "intake")
        let intake = try #require(JSONValue.parse(line)["intake"]?.stringValue)
        for home in ["one", "two"] {
            for words in [
                ["config", "set", "telemetry.upload_url", intake],
                ["telemetry", "enable", "--confirm"], ["replay", "--sample"],
                ["telemetry", "upload"],
            ] {
                let result = try CommandRunner.run(
                    Executables.path("arpguard"), words,
                    environment: ["ARPGUARD_HOME": folder.file(home)])
                #expect([0, 1].contains(result.status), "\(result.stderr)")
            }
        }
        server.send(signal: 15)
        #expect(try server.waitForEnd().status == 0)
        return line
    }

    private static let commands = [
        "insight --k 2", "catalogue", "check", "export-static --open public", "purge --confirm",
    ]

    @Test func `a collector prints what the reference says, and nothing else`() throws {
        let served = try JSONValue.parse(collect())
        try DocumentedJSON.expect(served, tallyWith: "arpguard-collector serve")
        for command in Self.commands {
            let words = command.split(separator: " ").map(String.init)
            let store = words[0] == "catalogue" ? [] : ["--store", "sqlite:store"]
            let result = try collector(words + store)
            #expect(result.status == 0, "\(command): \(result.stderr)")
            // Two installations lose nothing, and have figures of a few kinds.
            try DocumentedJSON.expect(
                JSONValue.parse(result.stdout), tallyWith: "arpguard-collector \(words[0])",
                whole: words[0] != "insight")
        }
    }
}
