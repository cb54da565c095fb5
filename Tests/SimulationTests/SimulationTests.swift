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
        let program = RepositoryRoot.file(".build/simulation/release/simulate")
        guard unsafe access(program, X_OK) == 0 else {
            // Run by hand, without the build in release: fewer, in this process.
            return check("\(SimulateCommand.run(seeds: 1..<101))")
        }
        let result = try CommandRunner.run(
            program, ["\(Self.seeds)"], deadline: .seconds(Self.seeds * 2 / 5))
        check(result.stdout)
    }

    private func check(_ output: String) {
        #expect(output.contains(", 0 violations"), "\(output)")
        // A few seeds can't meet everything.
        guard output.contains("1000 seeds") || output.contains("20000 seeds") else { return }
        #expect(output.contains("never happened: nothing\n"), "\(output)")
    }

    @Test(arguments: [25_740, 28_393, 805_772] as [UInt64])
    func `a seed that broke a promise once breaks none`(seed: UInt64) throws {
        #expect(try Simulation.run(seed: seed).violation == nil)
    }

    @Test func `a seed tells the same story each time`() throws {
        let first = try Simulation.run(seed: 7)
        let second = try Simulation.run(seed: 7)
        #expect(first.actions == second.actions)
        #expect((first.requests, first.events) == (second.requests, second.events))
    }
}
