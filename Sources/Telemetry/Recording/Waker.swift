// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization

/// Lets any thread ask for work, without allocating and without waiting: a thread of its own does
/// it. Asked many times before the work begins, it is done once or twice.
final class Waker: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    private let state = Atomic(State.idle.rawValue)

    private enum State: Int { case idle, running, ended }

    /// Starts the thread, unless it runs or has ended.
    func start(_ work: @escaping @Sendable () -> Void) {
        let (isFirst, _) = state.compareExchange(
            expected: State.idle.rawValue, desired: State.running.rawValue,
            ordering: .acquiringAndReleasing)
        guard isFirst else { return }
        DispatchQueue(label: "telemetry.waker").async { [self] in
            while true {
                semaphore.wait()
                guard state.load(ordering: .acquiring) == State.running.rawValue else { return }
                work()
            }
        }
    }

    /// Asks for the work; nothing happens before `start`.
    func wake() { semaphore.signal() }

    /// Ends the thread for good, after the work that it is at.
    func end() {
        state.store(State.ended.rawValue, ordering: .releasing)
        semaphore.signal()
    }
}
