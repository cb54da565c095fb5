// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Telemetry

/// What was refused in a rehearsal, each once.
final class Refusals: Sendable {
    private static let countMax = 100
    private let seen = Mutex<[EventRefusal]>([])

    var all: [EventRefusal] { seen.withLock(\.self) }

    func note(_ refusal: EventRefusal) {
        seen.withLock { seen in
            guard seen.count < Self.countMax, !seen.contains(refusal) else { return }
            seen.append(refusal)
        }
    }
}
