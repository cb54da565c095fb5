// SPDX-License-Identifier: Apache-2.0

private import Glibc
private import Synchronization

/// Keeps transactions out while a store's file is written anew, which may take minutes: who comes
/// then learns so at once.
final class RewritingGate: Sendable {
    private static let checkMicroseconds: UInt32 = 1000

    private let state = Mutex((closings: 0, inside: 0))

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
        defer { state.withLock { $0.inside -= 1 } }
        return try body()
    }

    /// Runs `body` with the gate closed, once those who passed it before have ended.
    func close<Result>(during body: () throws -> Result) rethrows -> Result {
        state.withLock { $0.closings += 1 }
        defer { state.withLock { $0.closings -= 1 } }
        while state.withLock({ $0.inside > 0 }) { usleep(Self.checkMicroseconds) }
        return try body()
    }
}
