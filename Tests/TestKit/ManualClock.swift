// SPDX-License-Identifier: Apache-2.0

package import Modules
import Synchronization

/// A clock that stands still until a test moves it.
package final class ManualClock: WallClock {
    private struct Reading {
        var now: Timestamp
        var uptime: Int64
    }

    private let reading: Mutex<Reading>

    /// A clock that shows `now`, with an uptime of 0.
    package init(_ now: Timestamp) {
        reading = Mutex(Reading(now: now, uptime: 0))
    }

    /// A clock that shows 2026-11-23T00:00:00Z.
    package convenience init() {
        self.init(Timestamp(nanoseconds: 1_795_392_000_000_000_000))
    }

    package func now() -> Timestamp {
        reading.withLock { $0.now }
    }

    package func uptimeNanoseconds() -> Int64 {
        reading.withLock { $0.uptime }
    }

    /// Lets `duration` go by on both clocks; it must not be negative.
    package func advance(by duration: Duration) {
        let nanoseconds = Int64(duration / .nanoseconds(1))
        precondition(nanoseconds >= 0, "uptime never goes back; use jump(to:)")
        reading.withLock {
            $0.now = Timestamp(nanoseconds: $0.now.nanoseconds + nanoseconds)
            $0.uptime += nanoseconds
        }
    }

    /// Sets the time of day alone, as a person or a time server does; the uptime stays.
    package func jump(to now: Timestamp) {
        reading.withLock { $0.now = now }
    }
}
