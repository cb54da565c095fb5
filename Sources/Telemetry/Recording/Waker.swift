// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Modules
import Synchronization

/// Does work again and again on a thread of its own, at a regular interval and whenever any thread
/// asks for it; asking neither allocates nor waits. Asked many times before the work begins, it is
/// done once or twice.
package final class Waker: Sendable {
    private enum State: Int { case idle, running, ended }

    private let semaphore = DispatchSemaphore(value: 0)
    private let state = Atomic(State.idle.rawValue)

    /// Nothing happens before it is started.
    package init() {}

    /// Starts the thread, unless it runs or has ended. Without a thread the work waits for others.
    ///
    /// - Parameter milliseconds: how long to wait for somebody who asks.
    package func start(everyMilliseconds milliseconds: Int, _ work: @escaping @Sendable () -> Void)
    {
        let (isFirst, _) = state.compareExchange(
            expected: State.idle.rawValue, desired: State.running.rawValue,
            ordering: .acquiringAndReleasing)
        guard isFirst else { return }
        try? DetachedThread.start { self.run(milliseconds, work) }
    }

    private func run(_ milliseconds: Int, _ work: () -> Void) {
        while true {
            _ = semaphore.wait(timeout: .now() + .milliseconds(milliseconds))
            guard state.load(ordering: .acquiring) == State.running.rawValue else { return }
            work()
        }
    }

    /// Asks for the work; nothing happens before `start`.
    package func wake() { semaphore.signal() }

    /// Ends the thread for good, after the work that it is at.
    package func end() {
        state.store(State.ended.rawValue, ordering: .releasing)
        semaphore.signal()
    }
}
