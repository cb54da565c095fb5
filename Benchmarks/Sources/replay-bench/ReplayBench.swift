// SPDX-License-Identifier: Apache-2.0

import CReplay
import Figures
import Glibc

/// usage: replay-bench table|json FOLDER ARPGUARD-WATCH [ARPWATCH]
///
/// Measures the processor time of `replay` on captures that it makes in FOLDER, and removes,
/// beside an empty libpcap loop over the same file, and arpwatch where it is installed: programs
/// wait for other things than frames, and other work on the machine makes all of them wait.
@main
enum ReplayBench {
    private static let frames: UInt64 = 5_000_000
    private static let rounds = 5

    static func main() {
        let arguments = CommandLine.arguments
        if arguments.count == 3, arguments[1] == "count" {
            exit(unsafe creplay_count(arguments[2]) < 0 ? 2 : 0)
        }
        guard arguments.count >= 4, ["table", "json"].contains(arguments[1]) else { exit(64) }
        var bench = Bench(
            form: arguments[1], folder: arguments[2], subject: arguments[3],
            arpwatch: arguments.count > 4 ? arguments[4] : nil)
        bench.measure(
            "mixed", creplay_mix(frames: frames, arp_percent: 20, flips: 80, invents_senders: 0))
        bench.measure(
            "arp", creplay_mix(frames: frames, arp_percent: 100, flips: 80, invents_senders: 0))
        bench.measure(
            "flood", creplay_mix(frames: 1_000_000, arp_percent: 100, flips: 0, invents_senders: 1))
        exit(bench.hasFailed ? 2 : 0)
    }

    /// One run after the other of everything that is compared.
    struct Bench {
        let form: String
        let folder: String
        let subject: String
        let arpwatch: String?
        var hasFailed = false

        mutating func measure(_ name: String, _ mix: creplay_mix) {
            let path = "\(folder)/\(name).pcap"
            var mix = mix
            guard unsafe creplay_write(path, &mix) == 0 else { return fail("can't write \(path)") }
            defer { _ = unsafe unlink(path) }
            var ours: [Run] = []
            var floor: [Run] = []
            for _ in 0..<ReplayBench.rounds {
                ours.append(Run([subject, "replay", path]))
                floor.append(Run([CommandLine.arguments[0], "count", path]))
            }
            // 1 says that there were findings, as there must be.
            guard ours.allSatisfy({ $0.status == 1 }), floor.allSatisfy({ $0.status == 0 })
            else { return fail("a run on \(path) failed") }
            let milliseconds = median(ours.map(\.milliseconds))
            tell("replay.\(name)", milliseconds, "ms", median(floor.map(\.milliseconds)))
            tell("replay.\(name).memory", ours.map(\.mebibytes).max() ?? 0, "MiB", 64)
            guard name == "arp", let arpwatch else { return }
            let state = "\(folder)/arpwatch.dat"
            let made = unsafe creat(state, 0o666)
            guard made >= 0 else { return fail("can't make \(state)") }
            close(made)
            let peer = Run([arpwatch, "-Q", "-N", "-r", path, "-f", state])
            _ = unsafe unlink(state)
            tell("replay.arp.arpwatch", peer.milliseconds, "ms", milliseconds)
        }

        private mutating func fail(_ message: String) {
            hasFailed = true
            say("replay-bench: error: \(message)", to: 2)
        }

        private func tell(_ name: String, _ value: Double, _ unit: String, _ floor: Double) {
            Figure(name: name, value: value, unit: unit, floor: floor).show(as: form)
        }
    }
}

/// One run of a program: what it ended with, and what it took.
struct Run {
    let status: Int32
    let milliseconds: Double
    let mebibytes: Double

    init(_ arguments: [String]) {
        var wall: Int64 = 0
        var processor: Int64 = 0
        var peak: Int64 = 0
        var words = unsafe arguments.map { unsafe strdup($0) } + [nil]
        status = unsafe creplay_run(&words, &wall, &processor, &peak)
        unsafe words.forEach { unsafe free($0) }
        milliseconds = Double(processor) / 1_000_000
        mebibytes = Double(peak) / 1_024
    }
}
