// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization

/// What a host program does on its own events once they are stored.
///
/// Handlers run one after the other on a queue of their own: none holds up who records or who
/// stores. That one throws is counted, and told once for an event; while many events wait for slow
/// handlers, further ones pass them by and are counted.
final class EventHandlers: Sendable {
    /// The most events that wait for handlers.
    static let waitingMax = 1000

    typealias Handler = @Sendable (StoredEvent) throws -> Void

    /// What went wrong so far.
    struct Counts: Sendable, Equatable {
        /// Calls that threw.
        var failed: Int64 = 0
        /// Events for which there was no room.
        var passedBy: Int64 = 0
    }

    private struct State {
        var handlers: [String: [Handler]] = [:]
        var waiting = 0
        var counts = Counts()
        /// Events of which a handler threw.
        var told: Set<String> = []
    }

    private let queue = DispatchQueue(label: "telemetry.handlers")
    private let state = Mutex(State())
    private let tell: @Sendable (String) -> Void

    /// - Parameter tell: told of the first failure of each event's handlers.
    init(tell: @escaping @Sendable (String) -> Void) { self.tell = tell }

    func add(_ handler: @escaping Handler, for event: String) {
        state.withLock { $0.handlers[event, default: []].append(handler) }
    }

    /// The events that have handlers.
    var names: Set<String> { state.withLock { Set($0.handlers.keys) } }

    var counts: Counts { state.withLock { $0.counts } }

    /// Hands events over, as far as there is room. Returns at once.
    func deliver(_ events: [StoredEvent]) {
        for event in events {
            let isWelcome = state.withLock { state in
                guard state.waiting < Self.waitingMax else {
                    state.counts.passedBy += 1
                    return false
                }
                state.waiting += 1
                return true
            }
            if isWelcome { queue.async { self.handle(event) } }
        }
    }

    private func handle(_ event: StoredEvent) {
        defer { state.withLock { $0.waiting -= 1 } }
        for handler in state.withLock({ $0.handlers[event.name] ?? [] }) {
            do {
                try handler(event)
            } catch {
                let isFirst = state.withLock { state in
                    state.counts.failed += 1
                    return state.told.insert(event.name).inserted
                }
                // Each error may have other words.
                if isFirst { tell("a handler of \(event.name) failed: \(error)") }
            }
        }
    }
}
