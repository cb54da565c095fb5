// SPDX-License-Identifier: Apache-2.0

import Glibc
import KillKit
import Modules
import Telemetry
import TestKit
import Testing

/// Processes that record are killed with SIGKILL; then their home is opened and counted.
@Suite(.serialized) struct KillTests {
    /// How many processes are killed: `ARPGUARD_KILLS`, else 2,000 where the full counts are asked
    /// for, else 20.
    static let kills: Int = {
        let full = unsafe getenv("ARPGUARD_TEST_FULL").map { unsafe String(cString: $0) }
        let asked = unsafe getenv("ARPGUARD_KILLS").flatMap { Int(unsafe String(cString: $0)) }
        return asked ?? (full ?? "0" == "0" ? 20 : 2000)
    }()

    /// Runs trials until so many processes were killed.
    private func findings(
        kills: Int, acknowledgesFirst: Bool = false
    ) throws -> (sum: KillFindings, unclean: [String]) {
        let seeds = SeededRandom(seed: UInt64(getpid()) << 32 | UInt64(kills))
        var left = kills
        var sum = KillFindings()
        var unclean: [String] = []
        while left > 0 {
            let seed = seeds.uint64()
            let processes = min(left, 1 + Int(seed % UInt64(KillTrial.processesMax)))
            let trial = try KillTrial(seed: seed, acknowledgesFirst: acknowledgesFirst)
            let found = try trial.run(processes: processes)
            if !found.isClean { unclean.append("seed \(seed), \(processes) processes: \(found)") }
            sum = sum + found
            left -= processes
        }
        return (sum, unclean)
    }

    @Test func `nothing accepted is lost, torn or doubled when processes are killed`() throws {
        let (sum, unclean) = try findings(kills: Self.kills)
        print("kill test: \(Self.kills) kills: \(sum)")
        #expect(unclean.isEmpty)
        #expect(sum.unfinished == 0)
        #expect(sum.acknowledged >= Int64(Self.kills * RecordingOrder.readyEvents))
    }

    @Test func `an acknowledgement before the recording is found out`() throws {
        let kills = max(10, Self.kills / 20)
        let (sum, _) = try findings(kills: kills, acknowledgesFirst: true)
        print("kill test: \(kills) kills with the acknowledgement first: \(sum)")
        #expect(sum.lost > 0)
    }
}
