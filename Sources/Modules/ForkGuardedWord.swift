// SPDX-License-Identifier: Apache-2.0

private import CSystem
import Glibc

/// One word of memory that a forked child finds 0, whatever its parent stored.
///
/// What hangs on it is switched off in the child without a system call on the way.
@safe package final class ForkGuardedWord: Sendable {
    // Set once; the word behind it is accessed atomically, and the page lives as long as this.
    private nonisolated(unsafe) let page: UnsafeMutablePointer<UInt64>

    /// A word that is 0. Throws if the kernel gives no such page.
    package init() throws(SystemError) {
        guard let page = unsafe csystem_page_wiped_on_fork() else {
            throw SystemError(code: errno, call: "madvise")
        }
        unsafe self.page = page.bindMemory(to: UInt64.self, capacity: 1)
    }

    deinit {
        _ = unsafe munmap(page, 4096)
    }

    /// Where the word stands. Whoever uses it keeps this value alive and accesses it atomically.
    @unsafe package var pointer: UnsafePointer<UInt64> { unsafe UnsafePointer(page) }

    /// The word; whatever was stored before it was published is visible.
    package func load() -> UInt64 { unsafe csystem_load_acquire(page) }

    /// Publishes a word to all threads of this process.
    package func store(_ value: UInt64) { unsafe csystem_store_release(page, value) }
}
