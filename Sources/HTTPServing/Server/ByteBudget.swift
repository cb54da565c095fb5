// SPDX-License-Identifier: Apache-2.0

private import Synchronization

/// Memory that requests may take together: their bodies while they are received, and what handling
/// them needs beyond that.
public final class ByteBudget: Sendable {
    /// All there is.
    public let bytesMax: Int
    private let taken = Mutex(0)

    /// Makes a budget.
    public init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    /// Bytes that are taken now.
    public var bytesTaken: Int { taken.withLock { $0 } }

    /// Takes bytes; false, and nothing taken, when there are not that many left.
    public func take(_ count: Int) -> Bool {
        taken.withLock { taken in
            guard count <= bytesMax - taken else { return false }
            taken += count
            return true
        }
    }

    /// Gives bytes back.
    public func giveBack(_ count: Int) {
        taken.withLock { $0 -= count }
    }

    /// Runs `body` with bytes taken meanwhile; nil when there are not that many left.
    public func with<Result>(_ count: Int, _ body: () throws -> Result) rethrows -> Result? {
        guard take(count) else { return nil }
        defer { giveBack(count) }
        return try body()
    }
}
