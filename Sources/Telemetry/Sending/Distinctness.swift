// SPDX-License-Identifier: Apache-2.0

package import Catalogue

/// How many different things a catalogue lets be sent with `anonymize_data`: the fewer, the more
/// people say the same.
package enum Distinctness {
    /// How many values a property of a kind can have, its absence counted as one; nil where no list
    /// or bound limits them.
    package static func values(of kind: PropertyKind) -> Int? {
        switch kind {
        case .choice(let words): words.count + 1
        case .bool: 3
        case .count(let max), .duration(.seconds, let max): powers(upTo: max) + 2
        case .duration(.milliseconds, let max):
            Generalisation.millisecondSteps.count { step in step < max }
                + (Generalisation.millisecondSteps.contains { $0 >= max } ? 2 : 1)
        case .identifier, .version: nil
        }
    }

    /// How many different records an event can become on one day; nil where nothing limits them.
    package static func records(of event: EventDefinition) -> Int? {
        event.properties.reduce(1) { product, property in
            guard let product, let values = values(of: property.kind) else { return nil }
            return product * values
        }
    }

    /// How many different things a batch can say beside its events, under one version of the
    /// program: its losses, each a power of two or none.
    package static var batches: Int {
        LossReason.allCases.filter { $0 != .neverTold }.reduce(1) { product, _ in
            product * (powers(upTo: Generalisation.lossMax) + 1)
        }
    }

    /// 1, 2, 4 and so on.
    private static func powers(upTo max: Int64) -> Int {
        max < 1 ? 0 : 64 - max.leadingZeroBitCount
    }
}
