// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// Real threads that run at once and are waited for.
package enum ParallelThreads {
    /// Runs `body` on so many threads, each with its number from 0, and waits for all.
    package static func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        let done = DispatchGroup()
        for index in 0..<count {
            done.enter()
            Thread.detachNewThread {
                body(index)
                done.leave()
            }
        }
        done.wait()
    }
}

/// A place where a number of threads wait for each other.
package final class Barrier: Sendable {
    private let waiting: Mutex<Int>
    private let gate = DispatchSemaphore(value: 0)
    private let count: Int

    /// A barrier for so many threads; used once.
    package init(_ count: Int) {
        self.count = count
        waiting = Mutex(0)
    }

    /// Returns once all threads have come here.
    package func wait() {
        let isLast = waiting.withLock { waiting in
            waiting += 1
            return waiting == count
        }
        guard isLast else { return gate.wait() }
        for _ in 1..<count { gate.signal() }
    }
}
