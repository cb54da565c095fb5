// SPDX-License-Identifier: Apache-2.0

import KillKit
import Modules
import Synchronization
import Telemetry

/// A program that records some events, and goes on with it in a second thread while it shuts
/// telemetry down; it prints how long telemetry held it up at most, in milliseconds.
final class Host: Sendable {
    private let module: TelemetryModule
    private let acknowledgements: Acknowledgements
    private let events: Int64
    private let isStopped = Atomic(false)
    private let slowestNanoseconds = Atomic<Int64>(0)

    init(_ home: KillHome, events: Int64) throws {
        module = home.module
        acknowledgements = try Acknowledgements(home.acknowledgements)
        self.events = events
    }

    func run() throws {
        let start = Self.nanoseconds { module.initialize() }
        for _ in 0..<events { record(writer: 0) }
        let second = try JoinableThread { self.recordUntilStopped() }
        let stop = Self.nanoseconds { module.shutdown() }
        isStopped.store(true, ordering: .relaxed)
        second.join()
        let event = slowestNanoseconds.load(ordering: .relaxed)
        say("start \(start / 1_000_000) event \(event / 1_000_000) stop \(stop / 1_000_000)")
    }

    private func recordUntilStopped() {
        while !isStopped.load(ordering: .relaxed) { record(writer: 1) }
    }

    private func record(writer: Int) {
        let event = NumberedEvent(
            writer: writer, number: acknowledgements.accepted(writer: writer) + 1)
        var isAccepted = false
        let duration = Self.nanoseconds {
            isAccepted = event.record(into: module)
        }
        slowestNanoseconds.max(duration, ordering: .relaxed)
        if isAccepted {
            acknowledgements.accept(event.number, writer: event.writer)
        } else {
            acknowledgements.refuse(writer: event.writer)
        }
    }

    private static func nanoseconds(_ body: () -> Void) -> Int64 {
        let clock = SystemClock()
        let start = clock.uptimeNanoseconds()
        body()
        return clock.uptimeNanoseconds() - start
    }
}
