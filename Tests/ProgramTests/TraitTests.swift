// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import TestKit
import Testing

/// The programs as they are without the trait `Upload`.
@Suite struct TraitTests {
    private static let isFull = unsafe getenv("ARPGUARD_TEST_FULL").map {
        unsafe String(cString: $0) != "0"
    }
    private static let scratch = ".build/no-upload"

    /// Builds a program without the trait, in a folder of its own.
    private func build(_ product: String) throws -> String {
        let home = unsafe getenv("HOME").map { unsafe String(cString: $0) }
        let built = try CommandRunner.run(
            "/usr/bin/env",
            [
                "swift", "build", "--disable-default-traits", "--scratch-path", Self.scratch,
                "--quiet", "--product", product,
            ], environment: home.map { ["HOME": $0] } ?? [:],
            workingDirectory: RepositoryRoot.file(""), deadline: .seconds(1200))
        try #require(built.status == 0, "\(built.stderr)\(built.stdout)")
        return RepositoryRoot.file("\(Self.scratch)/debug/\(product)")
    }

    @Test(.enabled(if: isFull ?? false, "builds the programs once more: with make test-full only"))
    func `without the trait nothing links a network library, and the status says so`() throws {
        let programs = try ["arpguard", "arpguard-upload", "arpguard-watch"].map(build)
        for program in programs {
            let libraries = try CommandRunner.run("/usr/bin/ldd", [program])
            #expect(libraries.stdout.contains("libsqlite3"))
            #expect(!libraries.stdout.contains("libcurl"), "\(program)")
        }
        let folder = try TemporaryDirectory()
        let home = ["ARPGUARD_HOME": folder.file("own")]
        let status = try CommandRunner.run(
            programs[0], ["telemetry", "status", "--format", "json"], environment: home)
        let blocked = try JSONValue.parse(status.stdout)["blocked_sending"]?.arrayValue ?? []
        #expect(blocked.contains("not_built_in"))
        let upload = try CommandRunner.run(
            programs[0], ["telemetry", "upload"], environment: home)
        #expect(upload.status == 2)
        #expect(upload.stderr.contains("built without"))
    }

    @Test func `with the trait only the uploader links a network library`() throws {
        for (name, links) in [
            ("arpguard", false), ("arpguard-watch", false), ("arpguard-upload", true),
        ] {
            let libraries = try CommandRunner.run("/usr/bin/ldd", [Executables.path(name)])
            #expect(libraries.stdout.contains("libcurl") == links, "\(name)")
        }
    }
}
