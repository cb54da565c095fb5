// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A value that threads change and wait for: a lock, a condition variable and the state in one.
///
/// `@unchecked Sendable` holds because `state` is touched only between `lock` and `unlock`.
package final class Monitor<State: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private var state: State

    /// A monitor of this state.
    package init(_ state: State) {
        self.state = state
    }

    /// Changes the state and wakes everybody who waits.
    package func update<Result>(_ change: (inout State) throws -> Result) rethrows -> Result {
        condition.lock()
        defer {
            condition.broadcast()
            condition.unlock()
        }
        return try change(&state)
    }

    /// Looks at the state.
    package func read<Result>(_ look: (State) -> Result) -> Result {
        condition.lock()
        defer { condition.unlock() }
        return look(state)
    }

    /// Waits until `look` finds something; nil when the deadline passes first.
    package func wait<Result>(until deadline: Deadline, for look: (State) -> Result?) -> Result? {
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let found = look(state) { return found }
            if deadline.hasPassed { return nil }
            _ = condition.wait(until: Date(timeIntervalSinceNow: deadline.secondsLeft))
        }
    }
}
