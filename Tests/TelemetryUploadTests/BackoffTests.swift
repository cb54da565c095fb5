// SPDX-License-Identifier: Apache-2.0

import Modules
import TelemetryUpload
import TestKit
import Testing

struct BackoffTests {
    /// A source whose every byte is the same, for the ends of the range.
    private struct Constant: RandomSource {
        let byte: UInt8

        func bytes(_ count: Int) -> [UInt8] { Array(repeating: byte, count: count) }
    }

    @Test(arguments: [
        (-1, 60), (0, 60), (1, 60), (2, 120), (3, 240), (4, 480), (8, 7680), (9, 15_360),
        (10, 21_600), (11, 21_600), (1_000_000_000, 21_600),
    ])
    func `the ceiling doubles with each failure up to six hours`(attempt: Int, seconds: Int) {
        #expect(Backoff().ceiling(attempt: attempt) == .seconds(seconds))
    }

    @Test func `the jitter is full: from nothing to the ceiling`() {
        let backoff = Backoff()
        #expect(backoff.next(attempt: 3, random: Constant(byte: 0)) == .zero)
        let longest = backoff.next(attempt: 3, random: Constant(byte: 255))
        #expect(longest < .seconds(240) && longest > .seconds(239))
    }

    @Test func `delays spread evenly below the ceiling`() {
        let random = SeededRandom(seed: 7)
        var quarters = [0, 0, 0, 0]
        for _ in 0..<4000 {
            let delay = Backoff().next(attempt: 1, random: random)
            quarters[Int(delay / .seconds(15))] += 1
        }
        for count in quarters { #expect((850...1150).contains(count)) }
    }
}
