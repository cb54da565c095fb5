// SPDX-License-Identifier: Apache-2.0

import Glibc
import KillKit
import Telemetry
import TestKit
import Testing

private let build = RepositoryRoot.file(".build/sanitize-quick")
private let program = "\(build)/debug/kill-child"
private let isBuilt = unsafe access(program, X_OK) == 0

/// A process that does all at once, built with the thread sanitizer, which ends it at the first
/// race that it sees.
@Suite(.enabled(if: isBuilt, "its program is built by `make test`"))
struct RaceTests {
    /// With what the sanitizer ends a program; Scripts/sanitize says the same.
    private static let raceStatus: Int32 = 66

    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
        let home = KillHome(folder.path)
        try home.control.enable(home.control.terms)
    }

    private func run(_ order: ChildOrder) throws -> CommandResult {
        try CommandRunner.run(
            program, order.arguments,
            environment: [
                "LD_PRELOAD": "\(build)/mutex.so",
                "TSAN_OPTIONS": "halt_on_error=1:exitcode=\(Self.raceStatus)",
            ], deadline: .seconds(120))
    }

    @Test func `threads that record, decide, ask and shut down race for nothing`() throws {
        let end = try run(.together(folder: folder.path, events: 2000, isRacing: false))
        #expect(end.status == 0, "\(end.stderr)")
        let numbers = end.stdout.split { $0 == " " || $0 == "\n" }.compactMap { Int($0) }
        try #require(numbers.count == 2, "\(end.stdout)")
        #expect(numbers.allSatisfy { $0 > 0 }, "\(end.stdout)")
    }

    @Test func `one variable that they race for ends the process`() throws {
        let end = try run(.together(folder: folder.path, events: 2000, isRacing: true))
        #expect(end.status == Self.raceStatus)
        #expect(end.stderr.contains("Together.swift"), "\(end.stderr)")
    }
}
