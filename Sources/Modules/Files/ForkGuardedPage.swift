// SPDX-License-Identifier: Apache-2.0

private import CSystem
import Glibc

/// Some words of memory that a forked child finds 0, whatever its parent stored.
///
/// What hangs on them is switched off in the child without a system call on the way. Where the
/// kernel has no such memory the words are there, and stay 0.
@safe package final class ForkGuardedPage: Sendable {
    /// How many words there are.
    package static let words = 2

    private let isGuarded: Bool
    // Set once; the words are accessed atomically, and live as long as this.
    private nonisolated(unsafe) let start: UnsafeMutablePointer<UInt64>

    /// Words that are 0.
    package init() {
        if let page = unsafe csystem_page_wiped_on_fork() {
            isGuarded = true
            unsafe start = page.bindMemory(to: UInt64.self, capacity: Self.words)
        } else {
            isGuarded = false
            unsafe start = .allocate(capacity: Self.words)
            unsafe start.initialize(repeating: 0, count: Self.words)
        }
    }

    deinit {
        if isGuarded {
            _ = unsafe munmap(start, 4096)
        } else {
            unsafe start.deallocate()
        }
    }

    /// Where the words stand. Whoever uses it keeps this value alive and accesses them atomically.
    @unsafe package var pointer: UnsafePointer<UInt64> { unsafe UnsafePointer(start) }

    /// A word; whatever was stored before it was published is visible.
    package subscript(index: Int) -> UInt64 {
        precondition((0..<Self.words).contains(index))
        return unsafe csystem_load_acquire(start + index)
    }

    /// Publishes a word to all threads of this process. False, and nothing is stored, where a
    /// forked child would see it too.
    @discardableResult
    package func store(_ value: UInt64, at index: Int) -> Bool {
        precondition((0..<Self.words).contains(index))
        guard isGuarded else { return false }
        unsafe csystem_store_release(start + index, value)
        return true
    }
}
