// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Says yes to the first who asks.
final class Once: Sendable {
    private let isAsked = Atomic(false)

    func first() -> Bool { !isAsked.exchange(true, ordering: .relaxed) }
}
