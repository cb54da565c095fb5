// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The files for whose users a process has waited in vain: a command that looks at a folder more
/// than once waits for them once.
final class VainWaits: Sendable {
    private let files = Mutex<Set<String>>([])

    /// Whether the last wait for a file was in vain.
    func wasInVain(for file: String) -> Bool { files.withLock { $0.contains(file) } }

    /// Notes what became of a wait.
    func note(_ file: String, isInVain: Bool) {
        files.withLock { files in
            if isInVain { files.insert(file) } else { files.remove(file) }
        }
    }
}
