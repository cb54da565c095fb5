// SPDX-License-Identifier: Apache-2.0

private import CBenchmark
import Figures
import Glibc
import Telemetry

/// This program once more, recording under the eyes of its parent, which counts system calls.
enum WatchedChild {
    enum Subject: String, CaseIterable {
        case typed
        case untyped
        case disabled
    }

    static let command = "watched"
    private static let events = 500

    /// System calls for each event; nil where the kernel does not let a process be watched.
    static func systemCalls(_ subject: Subject, home: String) -> Double? {
        let texts = ["telemetry-bench", command, subject.rawValue, home]
        let arguments = unsafe texts.map { unsafe strdup($0) } + [nil]
        defer { unsafe arguments.forEach { unsafe free($0) } }
        let calls = unsafe cbenchmark_system_calls("/proc/self/exe", arguments)
        return calls < 0 ? nil : Double(calls) / Double(events)
    }

    /// What the child does.
    static func run(_ subject: Subject, home: String) throws {
        let module = BenchmarkHome(folder: home).module
        module.initialize()
        switch subject {
        case .typed: try record(Typed(module), accepted: true)
        case .untyped: try record(Untyped(module), accepted: true)
        case .disabled: try record(Untyped(module), accepted: false)
        }
        module.shutdown()
    }

    private static func record(
        _ tested: some telemetry_bench::Subject, accepted: Bool
    ) throws {
        _ = tested.record(0)
        guard cbenchmark_be_watched() == 0 else { throw BenchmarkError("can't be watched") }
        var count = 0
        cbenchmark_mark()
        for index in 0..<events where tested.record(index) == accepted { count += 1 }
        cbenchmark_mark()
        if count < events { throw BenchmarkError("only \(count) of \(events) events") }
    }
}
