// SPDX-License-Identifier: Apache-2.0

import Modules

/// What the gate said, and all that recording needs, as long as the consent page does not change.
final class Snapshot: Sendable {
    /// What recording needs while it is allowed.
    struct Live: Sendable {
        let journal: Journal
        let encoder: EventEncoder
    }

    let page: ConsentPage
    /// What the page said when the gate was asked.
    let word: UInt64
    /// Nil while nothing may be recorded.
    let live: Live?

    init(page: ConsentPage, word: UInt64, live: Live?) {
        self.page = page
        self.word = word
        self.live = live
    }

    /// Whether the page still says the same: one relaxed load.
    @inline(always)
    var isCurrent: Bool { page.word == word }
}
