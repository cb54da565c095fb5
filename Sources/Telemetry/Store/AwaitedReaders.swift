// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The stores whose readers a process has waited for in vain: a command that looks at a folder more
/// than once waits for them once.
final class AwaitedReaders: Sendable {
    private let stores = Mutex<Set<String>>([])

    /// Whether the last wait for the readers of a store was in vain.
    func areAwaited(_ store: String) -> Bool { stores.withLock { $0.contains(store) } }

    /// Notes what became of a wait.
    func note(_ store: String, areAwaited: Bool) {
        stores.withLock { stores in
            if areAwaited { stores.insert(store) } else { stores.remove(store) }
        }
    }
}
