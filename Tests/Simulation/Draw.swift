// SPDX-License-Identifier: Apache-2.0

import Modules
import TestKit

/// What one seed decides, drawn step by step.
struct Draw {
    /// The same as a source of random bytes.
    let source: SeededRandom

    init(seed: UInt64) { source = SeededRandom(seed: seed) }

    func word() -> UInt64 { source.uint64() }

    func below(_ bound: Int) -> Int { Int(source.uniform(below: UInt64(bound))) }

    func within(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.count)
    }

    func chance(_ percent: Int) -> Bool { below(100) < percent }

    func one<Element>(of elements: [Element]) -> Element { elements[below(elements.count)] }

    /// One of the keys, each as often as its weight says.
    func weighted<Key>(_ weights: [(Key, Int)]) -> Key {
        var rest = below(weights.reduce(0) { $0 + $1.1 })
        for (key, weight) in weights {
            if rest < weight { return key }
            rest -= weight
        }
        preconditionFailure("the weights add up")
    }
}
