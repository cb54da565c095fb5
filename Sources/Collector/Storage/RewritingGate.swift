// SPDX-License-Identifier: Apache-2.0

private import Dispatch
private import Synchronization

/// Keeps transactions out while a store's file is written anew, which may take minutes: who comes
/// then learns so at once.
final class RewritingGate: Sendable {
    private struct State {
        var closings = 0
        var inside = 0
        /// Of those who wait for all that are inside to end.
        var ends: [DispatchSemaphore] = []
    }

    private let state = Mutex(State())

    /// Whether it is closed.
    var isClosed: Bool { state.withLock { $0.closings > 0 } }

    /// Runs `body`; nil, without running it, while the gate is closed.
    func pass<Result>(_ body: () throws -> Result) rethrows -> Result? {
        let isOpen = state.withLock { state in
            guard state.closings == 0 else { return false }
            state.inside += 1
            return true
        }
        guard isOpen else { return nil }
        defer { leave() }
        return try body()
    }

    /// Runs `body` with the gate closed, once those who passed it before have ended.
    func close<Result>(during body: () throws -> Result) rethrows -> Result {
        let end = DispatchSemaphore(value: 0)
        let isEmpty = state.withLock { state in
            state.closings += 1
            if state.inside > 0 { state.ends.append(end) }
            return state.inside == 0
        }
        defer { state.withLock { $0.closings -= 1 } }
        // Nobody comes in any more.
        if !isEmpty { end.wait() }
        return try body()
    }

    private func leave() {
        state.withLock { state in
            state.inside -= 1
            guard state.inside == 0 else { return }
            for end in state.ends { end.signal() }
            state.ends = []
        }
    }
}
