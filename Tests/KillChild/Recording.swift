// SPDX-License-Identifier: Apache-2.0

import Glibc
import KillKit
import Modules
import Synchronization
import Telemetry

/// Records numbered events as fast as it can, module after module, until the process is killed.
final class Recording: Sendable {
    private let order: RecordingOrder
    private let acknowledgements: Acknowledgements
    private let acceptedEvents = Atomic(0)
    private let isEnding = Atomic(false)

    init(_ order: RecordingOrder) throws {
        self.order = order
        acknowledgements = try Acknowledgements(KillHome(order.folder).acknowledgements)
    }

    func run() throws {
        while true { try runOneModule() }
    }

    private func runOneModule() throws {
        let module = KillHome(order.folder).module
        isEnding.store(false, ordering: .relaxed)
        module.initialize()
        let threads = try (0..<order.threads).map { index in
            try JoinableThread { self.record(into: module, writer: self.order.firstWriter + index) }
        }
        let awaited = order.shutsDownEarly ? 1 : threads.count
        for thread in threads[..<awaited] { thread.join() }
        isEnding.store(true, ordering: .relaxed)
        module.shutdown()
        for thread in threads[awaited...] { thread.join() }
    }

    private func record(into module: TelemetryModule, writer: Int) {
        var number = acknowledgements.accepted(writer: writer)
        let isBounded =
            order.eventsPerModule > 0
            && (!order.shutsDownEarly || writer == order.firstWriter)
        let last = isBounded ? number + order.eventsPerModule : Int64.max
        while number < last {
            number += 1
            guard record(NumberedEvent(writer: writer, number: number), into: module) else {
                return
            }
        }
    }

    /// Records an event again and again until it is accepted; false if the module ends before.
    private func record(_ event: NumberedEvent, into module: TelemetryModule) -> Bool {
        if order.acknowledgesFirst { acknowledge(event) }
        while !event.record(into: module) {
            if isEnding.load(ordering: .relaxed) {
                acknowledgements.refuseAtEnd(writer: event.writer)
                return false
            }
            acknowledgements.refuse(writer: event.writer)
            // The journal is full: there is no descriptor that tells when it no longer is.
            _ = poll(nil, 0, 1)
        }
        if !order.acknowledgesFirst { acknowledge(event) }
        let accepted = acceptedEvents.add(1, ordering: .relaxed).newValue
        if accepted == RecordingOrder.readyEvents { say("ready") }
        return true
    }

    private func acknowledge(_ event: NumberedEvent) {
        acknowledgements.accept(event.number, writer: event.writer)
    }
}
