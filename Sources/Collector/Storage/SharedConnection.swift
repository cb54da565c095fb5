// SPDX-License-Identifier: Apache-2.0

internal import SQLite
private import Synchronization

/// A connection that several threads use one after the other.
///
/// Unchecked, because a closure that reads rows into its caller's variables can't be `Sendable`;
/// it holds, because the connection is private and `use` alone hands it out, under the lock.
final class SharedConnection: @unchecked Sendable {
    private let lock = Mutex(())
    private let connection: StoreConnection

    init(_ connection: sending Connection) {
        self.connection = StoreConnection(connection)
    }

    /// Runs `body` while no other thread does; it must not keep the connection.
    func use<Result: Sendable>(_ body: (StoreConnection) throws -> Result) rethrows -> Result {
        try lock.withLock { _ in try body(connection) }
    }
}
