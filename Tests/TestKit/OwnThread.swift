// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Work that blocks, on a thread of its own, while the test goes on.
///
/// A task would not do: the pool has one thread for each processor, and tests that wait for
/// each other's tasks on two of them wait for ever.
package final class OwnThread<Value: Sendable>: Sendable {
    private let outcome = Monitor<Value?>(nil)

    /// Starts the work at once.
    package init(_ work: @escaping @Sendable () -> Value) {
        let outcome = outcome
        Thread.detachNewThread {
            let value = work()
            outcome.update { $0 = value }
        }
    }

    /// Waits for the end of the work; throws `TestKitError` if it does not come within `duration`.
    package func value(within duration: Duration = CommandRunner.deadline) throws -> Value {
        guard let value = outcome.wait(until: .within(duration), for: { $0 }) else {
            throw TestKitError("work on its own thread did not end in \(duration)")
        }
        return value
    }
}

/// A gate that is shut until somebody opens it, for one thread to wait on another.
package final class Gate: Sendable {
    private let isOpen = Monitor(false)

    /// A shut gate.
    package init() {}

    /// Lets everybody through, now and later.
    package func open() {
        isOpen.update { $0 = true }
    }

    /// Blocks until the gate is open; throws `TestKitError` if it stays shut for `duration`.
    package func wait(within duration: Duration = CommandRunner.deadline) throws {
        let opened = isOpen.wait(until: .within(duration)) { $0 ? true : nil }
        if opened == nil { throw TestKitError("the gate stayed shut for \(duration)") }
    }
}
