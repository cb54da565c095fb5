// SPDX-License-Identifier: Apache-2.0

import KillKit
import Modules
import Synchronization
import Telemetry

/// Threads that record into one module, while another takes the yes back, gives it again and asks
/// for the state, and while the module shuts down: all that may happen at once in a process.
// The variable alone is not safe to share: it is there to be raced for, on request.
final class Together: @unchecked Sendable {
    /// How many threads record a number of events; one more records until the module is shut down.
    private static let counting = 3

    private let home: KillHome
    private let module: TelemetryModule
    private let events: Int64
    private let isRacing: Bool
    private var raced = 0
    private let countingNow = Atomic(Together.counting)
    private let isStopped = Atomic(false)
    private let acceptedEvents = Atomic<Int64>(0)

    init(_ home: KillHome, events: Int64, isRacing: Bool) {
        self.home = home
        module = home.module
        self.events = events
        self.isRacing = isRacing
    }

    func run() throws {
        module.initialize()
        let threads = try (0...Self.counting).map { writer in
            try JoinableThread { self.record(writer) }
        }
        let decisions = try decideWhileOthersRecord()
        module.shutdown()
        isStopped.store(true, ordering: .relaxed)
        for thread in threads { thread.join() }
        say("accepted \(acceptedEvents.load(ordering: .relaxed)) decisions \(decisions)")
    }

    /// How often the yes was taken back and given again while events were recorded.
    private func decideWhileOthersRecord() throws -> Int {
        let control = home.control
        var decisions = 0
        while countingNow.load(ordering: .relaxed) > 0 {
            try control.disable()
            _ = try control.enable(control.terms)
            _ = try control.status()
            decisions += 1
        }
        return decisions
    }

    private func record(_ writer: Int) {
        var number: Int64 = 0
        while writer < Self.counting ? number < events : !isStopped.load(ordering: .relaxed) {
            number += 1
            if isRacing { raced += 1 }
            if NumberedEvent(writer: writer, number: number).record(into: module) {
                acceptedEvents.add(1, ordering: .relaxed)
            }
        }
        if writer < Self.counting { countingNow.subtract(1, ordering: .relaxed) }
    }
}
