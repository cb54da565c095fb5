// SPDX-License-Identifier: Apache-2.0

import CSystem

/// Says where the word stands whose lowest bit tells whether anything may be recorded at all: the
/// shared consent page's, or one of its own that is always 0.
///
/// What makes a call cost next to nothing while telemetry is off. A yes here is only a reason to
/// ask on.
@safe final class OnSwitch: Sendable {
    // Two words that live as long as this object: the address, accessed atomically, and a 0.
    private nonisolated(unsafe) let words: UnsafeMutablePointer<UInt64>

    /// A switch that is off.
    init() {
        unsafe words = .allocate(capacity: 2)
        unsafe words.initialize(repeating: 0, count: 2)
        off()
    }

    deinit {
        unsafe words.deallocate()
    }

    /// Where the address stands.
    @unsafe var pointer: UnsafePointer<UInt64> { unsafe UnsafePointer(words) }

    /// Follows nothing: off until somebody turns it on again.
    func off() { unsafe store(UnsafePointer(words + 1)) }

    /// Follows the page's word. The page must live as long as this object.
    func follow(_ page: ConsentPage) { unsafe store(page.wordPointer) }

    private func store(_ word: UnsafePointer<UInt64>) {
        unsafe csystem_store_release(words, UInt64(UInt(bitPattern: word)))
    }
}
