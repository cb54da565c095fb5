// SPDX-License-Identifier: Apache-2.0

import Modules
import Telemetry

/// What telemetry adds to a process's end while its uploads go nowhere.
struct ExitFigure {
    static let command = "exit"
    private static let rounds = 31
    private static let events = 100

    let folder: String

    /// From the last thing that the program itself does to the moment its parent knows.
    func figure() throws -> Figure {
        let home = try BenchmarkHome.enabled("\(folder)/exit", isSendingAllowed: true)
        let files = RealFileSystem()
        let stamp = try files.map("\(folder)/exit-stamp", bytes: 8, create: true)
        var times: [Bool: [Double]] = [:]
        for round in 0..<2 * Self.rounds {
            let isRecording = round.isMultiple(of: 2)
            let child = ChildProcess(
                "/proc/self/exe",
                [Self.command, isRecording ? home.folder : "-", "\(folder)/exit-stamp"])
            let end = try child.run(deadlineMilliseconds: 60_000)
            let now = SystemClock().uptimeNanoseconds()
            guard end == .exited(0) else { throw BenchmarkError("a process ended badly: \(end)") }
            let milliseconds = Double(now - Int64(stamp.loadAcquire(at: 0))) / 1e6
            times[isRecording, default: []].append(milliseconds)
        }
        let plain = median(times[false] ?? [])
        return Figure(
            name: "exit.added_ms", value: median(times[true] ?? []) - plain, unit: "ms",
            floor: plain)
    }

    /// What the child does.
    static func run(home: String, stamp: String) throws {
        let mapping = try RealFileSystem().map(stamp, bytes: 8, create: false)
        let module = home == "-" ? nil : BenchmarkHome(folder: home, isSendingAllowed: true).module
        module?.initialize()
        var mix = EventMix(seed: 1)
        for _ in 0..<events {
            if let module, !mix.record(into: module) { throw BenchmarkError("refused") }
        }
        mapping.storeRelease(UInt64(SystemClock().uptimeNanoseconds()), at: 0)
        module?.shutdown()
    }
}
