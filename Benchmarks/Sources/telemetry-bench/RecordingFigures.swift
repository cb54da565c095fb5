// SPDX-License-Identifier: Apache-2.0

private import CBenchmark
import Figures
import Telemetry

/// What recording costs the caller.
struct RecordingFigures {
    let folder: String

    func all() throws -> [Figure] {
        let enabled = try BenchmarkHome.enabled("\(folder)/recording").module
        let disabled = BenchmarkHome(folder: "\(folder)/disabled").module
        enabled.initialize()
        disabled.initialize()
        defer {
            enabled.shutdown()
            disabled.shutdown()
        }
        let copying = try Copying("\(folder)/floor")
        return [
            try figure("record.typed", Typed(enabled), copying),
            try figure("record.untyped", Untyped(enabled), copying),
            try disabledFigure("record.disabled", Untyped(disabled)),
            try disabledFigure("record.disabled.typed", Typed(disabled)),
            try twoThreads("record.typed.2threads") { _ in Typed(enabled) },
            try twoThreads("record.untyped.2threads") { _ in Untyped(enabled) },
        ]
    }

    private func figure(
        _ name: String, _ subject: some Subject, _ floor: some Subject
    ) throws -> Figure {
        let (value, floor) = try Chunks().compare(subject, floor)
        return Figure(name: name, value: value, unit: "ns", floor: floor)
    }

    /// Nothing is accepted here, so that a refusal counts as done.
    private func disabledFigure(_ name: String, _ subject: some Subject) throws -> Figure {
        let chunks = Chunks(events: 10_000, samplesPerPass: 5)
        let (value, floor) = try chunks.compare(Refused(subject), EmptyCall())
        return Figure(name: name, value: value, unit: "ns", floor: floor)
    }

    private struct Refused<Tested: Subject>: Subject {
        let tested: Tested

        init(_ tested: Tested) { self.tested = tested }

        @inline(__always)
        func record(_ index: Int) -> Bool { !tested.record(index) }
    }

    /// How much faster two threads are than one, against how much faster two floors are.
    private func twoThreads<Tested: Subject>(
        _ name: String, _ make: @escaping @Sendable (Int) -> Tested
    ) throws -> Figure {
        let folder = folder
        let copying = { @Sendable (index: Int) in try Copying("\(folder)/floor-\(index)") }
        let floors = try (0..<Chunks.passes).map { _ in try speedUp(samples: 4000, copying) }
        return Figure(
            name: name, value: try speedUp(samples: 40, make), unit: "x", floor: median(floors))
    }

    private func speedUp<Tested: Subject>(
        samples: Int, _ make: @escaping @Sendable (Int) throws -> Tested
    ) throws -> Double {
        let one = try Together(threads: 1, samples: samples).time(make)
        return try one / Together(threads: 2, samples: samples).time(make)
    }
}
