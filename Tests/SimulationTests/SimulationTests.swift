// SPDX-License-Identifier: Apache-2.0

import Glibc
import Simulation
import TestKit
import Testing

@Suite struct SimulationTests {
    /// As many as belong to every run of the tests; in the full run twenty times that.
    private static let isFull = unsafe getenv("ARPGUARD_TEST_FULL").map {
        unsafe String(cString: $0) != "0"
    }
    private static let seeds = isFull ?? false ? 20_000 : 1000

    @Test func `no seed breaks a promise, and every action and fault happens`() throws {
        guard let program = try Self.currentProgram else {
            // Run by hand, without a build in release of these sources: fewer, in this process.
            return check("\(SimulateCommand.run(seeds: 1..<101))")
        }
        let result = try CommandRunner.run(
            program, ["\(Self.seeds)"], deadline: .seconds(Self.seeds * 3 / 5))
        check(result.stdout)
    }

    /// The simulation as `Scripts/simulate build` made it of these sources; nil if there is none,
    /// or a source is younger than the beginning of that build.
    private static var currentProgram: String? {
        get throws {
            let program = RepositoryRoot.file(".build/simulation/release/simulate")
            let built = modified(RepositoryRoot.file(".build/simulation/built"))
            guard let built, unsafe access(program, X_OK) == 0 else { return nil }
            let found = try CommandRunner.run(
                "/usr/bin/find",
                ["Package.swift", "Sources", "Tests/Simulation", "Tests/CFaultDisk"].map {
                    RepositoryRoot.file($0)
                } + ["-type", "f", "-newermt", "@\(built)"])
            try #require(found.status == 0, "\(found.stderr)")
            return found.stdout.isEmpty ? program : nil
        }
    }

    /// When a file was written, in seconds since 1970; nil if there is none.
    private static func modified(_ path: String) -> String? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        let nanoseconds = String(status.st_mtim.tv_nsec)
        let zeros = String(repeating: "0", count: 9 - nanoseconds.count)
        return "\(status.st_mtim.tv_sec).\(zeros)\(nanoseconds)"
    }

    private func check(_ output: String) {
        #expect(output.contains(", 0 violations"), "\(output)")
        // A few seeds can't meet everything.
        guard output.contains("1000 seeds") || output.contains("20000 seeds") else { return }
        #expect(output.contains("never happened: nothing\n"), "\(output)")
    }

    @Test func `a seed tells the same story each time`() throws {
        let first = try Simulation.run(seed: 7)
        let second = try Simulation.run(seed: 7)
        #expect(first.log == second.log && first.log.count > Simulation.steps)
        #expect(first.actions == second.actions)
        #expect((first.requests, first.events) == (second.requests, second.events))
    }
}
