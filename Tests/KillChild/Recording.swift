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

    init(_ order: RecordingOrder) throws {
        self.order = order
        acknowledgements = try Acknowledgements(KillHome(order.folder).acknowledgements)
    }

    func run() {
        while true {
            let module = KillHome(order.folder).module
            module.initialize()
            let threads = (0..<order.threads).map { index in
                OwnThread { self.record(into: module, writer: self.order.firstWriter + index) }
            }
            for thread in threads { thread.join() }
            module.shutdown()
        }
    }

    private func record(into module: TelemetryModule, writer: Int) {
        let start = acknowledgements.accepted(writer: writer)
        var number = start
        while order.eventsPerModule == 0 || number < start + order.eventsPerModule {
            number += 1
            record(NumberedEvent(writer: writer, number: number), into: module)
        }
    }

    /// Records an event again and again until it is accepted.
    private func record(_ event: NumberedEvent, into module: TelemetryModule) {
        if order.acknowledgesFirst { acknowledge(event) }
        while !module.trackEvent(NumberedEvent.name, event.properties) {
            acknowledgements.refuse(writer: event.writer)
            // The journal is full: there is no descriptor that tells when it no longer is.
            _ = poll(nil, 0, 1)
        }
        if !order.acknowledgesFirst { acknowledge(event) }
        let accepted = acceptedEvents.add(1, ordering: .relaxed).newValue
        if accepted == RecordingOrder.readyEvents { say("ready") }
    }

    private func acknowledge(_ event: NumberedEvent) {
        acknowledgements.accept(event.number, writer: event.writer)
    }
}
