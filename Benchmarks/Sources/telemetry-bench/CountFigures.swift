// SPDX-License-Identifier: Apache-2.0

private import CBenchmark
import Figures
import Glibc
import Modules
import Telemetry

/// What can be counted exactly, and so compared with stored thresholds.
struct CountFigures {
    private static let events = 500
    private static let mixEvents = 100_000

    let folder: String

    func all() throws -> [Figure] {
        try allocations() + systemCalls() + [bytesPerEvent()]
    }

    // MARK: - Allocations

    /// Allocations of the calling thread for each event. The floor is the caller's dictionary.
    private func allocations() throws -> [Figure] {
        let enabled = try BenchmarkHome.enabled("\(folder)/allocations").module
        let disabled = BenchmarkHome(folder: "\(folder)/disabled").module
        enabled.initialize()
        disabled.initialize()
        defer {
            enabled.shutdown()
            disabled.shutdown()
        }
        let dictionary = try perEvent(DictionaryAlone())
        return [
            count("record.typed.allocations", try perEvent(Typed(enabled))),
            count("record.untyped.allocations", try perEvent(Untyped(enabled)), floor: dictionary),
            count("record.disabled.allocations", try perEvent(Untyped(disabled), accepted: false)),
            count(
                "record.disabled.typed.allocations",
                try perEvent(Typed(disabled), accepted: false)),
        ]
    }

    private func count(_ name: String, _ value: Double, floor: Double = 0) -> Figure {
        Figure(name: name, value: value, unit: "count", floor: floor)
    }

    /// The first event of a thread finds its segment: it is not counted.
    private func perEvent(_ subject: some Subject, accepted: Bool = true) throws -> Double {
        _ = subject.record(0)
        let before = cbenchmark_allocations()
        for index in 0..<Self.events where subject.record(index) != accepted {
            throw BenchmarkError("an event was not \(accepted ? "accepted" : "refused")")
        }
        return Double(cbenchmark_allocations() - before) / Double(Self.events)
    }

    // MARK: - System calls

    /// System calls of the calling thread for each event, counted from outside.
    private func systemCalls() throws -> [Figure] {
        try WatchedChild.Subject.allCases.compactMap { subject in
            let home = "\(folder)/watched-\(subject.rawValue)"
            if subject != .disabled { _ = try BenchmarkHome.enabled(home) }
            guard let calls = WatchedChild.systemCalls(subject, home: home) else { return nil }
            return count("record.\(subject.rawValue).system_calls", calls)
        }
    }

    // MARK: - Bytes

    /// What the folder of telemetry takes for each event. The floor is a bare table of the rows.
    private func bytesPerEvent() throws -> Figure {
        let home = try BenchmarkHome.enabled("\(folder)/mix")
        var mix = EventMix(seed: 1)
        try home.record(&mix, count: Self.mixEvents)
        let status = try home.control.status()
        guard status.recorded == Int64(Self.mixEvents) else {
            throw BenchmarkError("\(status.recorded) of \(Self.mixEvents) events are stored")
        }
        let bare = "\(folder)/bare.sqlite"
        try Rows(home.storage.store).insert(into: bare)
        let bareBytes = try RealFileSystem().status(of: bare)?.bytes ?? 0
        let events = Double(Self.mixEvents)
        return Figure(
            name: "store.bytes", value: Double(status.storageBytes ?? 0) / events,
            unit: "bytes", floor: Double(bareBytes) / events)
    }
}
