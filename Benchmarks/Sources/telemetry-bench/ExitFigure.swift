// SPDX-License-Identifier: Apache-2.0

import Figures
import Modules
import Telemetry

/// What telemetry adds to a process's start and end while its uploads go nowhere.
struct ExitFigure {
    static let command = "exit"
    private static let rounds = 31
    private static let events = 100
    private static let stampBytes = 16

    let folder: String

    /// What the child notes for its parent.
    private struct Times {
        /// What it takes until events are recorded; without telemetry, until a file of a journal's
        /// length is made and mapped.
        var start: [Double] = []
        /// From the last thing that the program itself does to the moment its parent knows.
        var exit: [Double] = []
    }

    func all() throws -> [Figure] {
        let home = try BenchmarkHome.enabled("\(folder)/exit", isSendingAllowed: true)
        var (recording, plain) = (Times(), Times())
        for _ in 0..<Self.rounds {
            try run(home.folder, &recording)
            try run("-", &plain)
        }
        let exit = median(plain.exit)
        return [
            Figure(
                name: "start", value: median(recording.start), unit: "ms",
                floor: median(plain.start)),
            Figure(name: "exit", value: median(recording.exit) - exit, unit: "ms", floor: exit),
        ]
    }

    private func run(_ home: String, _ times: inout Times) throws {
        let path = "\(folder)/exit-stamp"
        let stamp = try RealFileSystem().map(path, bytes: Self.stampBytes, create: true)
        let child = ChildProcess("/proc/self/exe", [Self.command, home, path])
        let end = try child.run(deadlineMilliseconds: 60_000)
        let now = SystemClock().uptimeNanoseconds()
        guard end == .exited(0) else { throw BenchmarkError("a process ended badly: \(end)") }
        times.start.append(Double(stamp.loadAcquire(at: 8)) / 1e6)
        times.exit.append(Double(now - Int64(stamp.loadAcquire(at: 0))) / 1e6)
    }

    /// What the child does.
    static func run(home: String, stamp: String) throws {
        let mapping = try RealFileSystem().map(stamp, bytes: stampBytes, create: false)
        let clock = SystemClock()
        let module = home == "-" ? nil : BenchmarkHome(folder: home, isSendingAllowed: true).module
        let start = clock.uptimeNanoseconds()
        if let module { module.initialize() } else { try mapFile("\(stamp).floor") }
        mapping.storeRelease(UInt64(clock.uptimeNanoseconds() - start), at: 8)
        var mix = EventMix(seed: 1)
        for _ in 0..<events {
            if let module, !mix.record(into: module) { throw BenchmarkError("refused") }
        }
        mapping.storeRelease(UInt64(clock.uptimeNanoseconds()), at: 0)
        module?.shutdown()
    }

    private static func mapFile(_ path: String) throws {
        let files = RealFileSystem()
        _ = try files.map(path, bytes: 1 << 20, create: true)
        try files.remove(path)
    }
}
