// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Modules

/// Makes an event coarse, so that it fits many people: what `anonymize_data` does at sealing.
enum Generalisation {
    /// The steps to which milliseconds fall back: a dozen, about three to one.
    static let millisecondSteps: [Int64] = [
        0, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000, 1_000_000, 10_000_000,
    ]

    /// The event with its time cut to the UTC day, counts and seconds cut to powers of two, and
    /// milliseconds cut to a dozen steps. Words, versions and truth values stay.
    static func generalise(_ event: StoredEvent, _ definition: EventDefinition) -> StoredEvent {
        StoredEvent(
            epoch: event.epoch, time: event.time.day.start, name: event.name,
            properties: event.properties.map { property in
                guard case .integer(let number) = property.value,
                    let kind = definition.property(named: property.name)?.kind
                else { return property }
                return StoredEvent.Property(property.name, .integer(coarse(number, kind)))
            })
    }

    static func coarse(_ number: Int64, _ kind: PropertyKind) -> Int64 {
        if case .duration(.milliseconds, _) = kind {
            return millisecondSteps.last { $0 <= number } ?? 0
        }
        return number <= 0 ? 0 : 1 << (63 - number.leadingZeroBitCount)
    }
}
