// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization

/// What became of the alerts of one way out.
public struct AlertLaneCounts: Equatable, Sendable {
    /// Alerts that left.
    public var delivered: UInt64 = 0
    /// Alerts that met an error.
    public var failed: UInt64 = 0
    /// Alerts that found the queue full, or were not let through by a limit on their rate.
    public var dropped: UInt64 = 0

    /// Nothing yet.
    public init() {}

    /// The counts of two ways together.
    public static func + (left: AlertLaneCounts, right: AlertLaneCounts) -> AlertLaneCounts {
        var sum = left
        sum.delivered += right.delivered
        sum.failed += right.failed
        sum.dropped += right.dropped
        return sum
    }
}

/// One way out with its queue and its thread: however slow it is, nobody else waits for it.
public final class AlertLane: Sendable {
    /// The most alerts that wait for one way.
    public static let waitingMax = 256

    /// The least grave alerts that go this way.
    public let gravityMin: AlertGravity
    private let sink: any AlertSink
    private let onFailure: @Sendable (String) -> Void
    private let queue: DispatchQueue
    private let group = DispatchGroup()

    private struct State {
        var counts = AlertLaneCounts()
        var waiting = 0
        var lastFailure: String?
        var isCancelled = false
    }
    private let state = Mutex(State())

    /// A way out for alerts of a gravity and above. `onFailure` is told of an alert's error unless
    /// it is that of the time before.
    public init(
        _ sink: any AlertSink, gravityMin: AlertGravity,
        onFailure: @escaping @Sendable (String) -> Void
    ) {
        self.sink = sink
        self.gravityMin = gravityMin
        self.onFailure = onFailure
        queue = DispatchQueue(label: "alerts.\(sink.name)")
    }

    /// What messages call the way.
    public var name: String { sink.name }

    /// Whether nothing waits and nothing is under way.
    public var isIdle: Bool { group.wait(timeout: .now()) == .success }

    /// What became of its alerts.
    public var counts: AlertLaneCounts { state.withLock { $0.counts } }

    /// Queues an alert and returns at once; a full queue drops and counts it.
    public func send(_ message: AlertMessage) {
        guard message.gravity >= gravityMin else { return }
        let isAdmitted = state.withLock { state in
            guard state.waiting < Self.waitingMax else {
                state.counts.dropped += 1
                return false
            }
            state.waiting += 1
            return true
        }
        guard isAdmitted else { return }
        queue.async(group: group) { [self] in deliver(message) }
    }

    /// Counts an alert that the way itself holds back.
    func noteDropped() { state.withLock { $0.counts.dropped += 1 } }

    /// Has the way look, after what waits, whether an alert could leave; `onFailure` is told why
    /// not, each time: somebody asks.
    public func probe() {
        queue.async(group: group) { [self] in
            state.withLock { $0.lastFailure = nil }
            do throws(AlertOutputError) {
                try sink.probe()
            } catch {
                note(error)
            }
        }
    }

    /// Has the way open its file again, after what waits.
    public func reopen() { queue.async(group: group) { [sink] in sink.reopen() } }

    /// Waits until all that was queued has left, at most so long; then ends what is under way.
    /// Returns whether all has left.
    @discardableResult
    public func finish(within milliseconds: Int) -> Bool {
        if group.wait(timeout: .now() + .milliseconds(milliseconds)) == .success { return true }
        state.withLock { $0.isCancelled = true }
        sink.cancel()
        return false
    }

    private func deliver(_ message: AlertMessage) {
        let isCancelled = state.withLock { state in
            state.waiting -= 1
            if state.isCancelled { state.counts.dropped += 1 }
            return state.isCancelled
        }
        if isCancelled { return }
        do throws(AlertOutputError) {
            try sink.deliver(message)
            state.withLock {
                $0.counts.delivered += 1
                $0.lastFailure = nil
            }
        } catch let error where error == .heldBack {
            noteDropped()
        } catch {
            state.withLock { $0.counts.failed += 1 }
            note(error)
        }
    }

    /// Tells a failure that is not that of the time before.
    private func note(_ error: AlertOutputError) {
        let isNew = state.withLock { state in
            defer { state.lastFailure = error.description }
            return state.lastFailure != error.description
        }
        if isNew { onFailure("\(sink.name): \(error)") }
    }
}

extension AlertOutputError {
    /// The way has a limit on its rate, and this alert is over it.
    static let heldBack = AlertOutputError("over the limit of the rate")
}
