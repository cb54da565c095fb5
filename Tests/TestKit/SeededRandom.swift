// SPDX-License-Identifier: Apache-2.0

import Modules
import Synchronization

/// Random bytes that one seed decides: the same seed gives the same bytes (SplitMix64).
package final class SeededRandom: RandomSource {
    private let state: Mutex<UInt64>

    /// A source whose whole future follows from `seed`.
    package init(seed: UInt64) {
        state = Mutex(seed)
    }

    package func bytes(_ count: Int) -> [UInt8] {
        state.withLock { state in
            var bytes: [UInt8] = []
            bytes.reserveCapacity(count)
            while bytes.count < count {
                let word = Self.next(&state)
                for shift in stride(from: 56, through: 0, by: -8) where bytes.count < count {
                    bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
                }
            }
            return bytes
        }
    }

    private static func next(_ state: inout UInt64) -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
