// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Modules

/// Makes an event coarse, so that it fits many people: what `anonymize_data` does at sealing.
enum Generalisation {
    /// The steps up to which milliseconds are rounded: a dozen, the last is a day.
    static let millisecondSteps: [Int64] = [
        1, 3, 10, 30, 100, 300, 1000, 3000, 10_000, 60_000, 600_000, 86_400_000,
    ]

    /// The event with its time cut to the UTC day, counts and seconds cut to powers of two, and
    /// milliseconds rounded up to a dozen steps, so that "at most" stays true. Words, versions and
    /// truth values stay.
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

    /// A time, in nanoseconds since 1970, as it leaves: cut to the day, or to the second, which is
    /// all that is shown of it. What is finer would tell one machine's clock from others.
    static func cut(_ time: Int64, isCoarse: Bool) -> Int64 {
        let step = isCoarse ? Day.nanoseconds : 1_000_000_000
        return time - time % step
    }

    /// The event as it leaves where that is not made coarse: with its time cut to the second.
    static func exact(_ event: StoredEvent) -> StoredEvent {
        let time = Timestamp(nanoseconds: cut(event.time.nanoseconds, isCoarse: false))
        return StoredEvent(
            epoch: event.epoch, time: time, name: event.name, properties: event.properties)
    }

    /// The largest loss that one batch tells of.
    static let lossMax: Int64 = 1 << 20

    /// A number of losses cut to a power of two, at most `lossMax`.
    static func coarseLoss(_ count: Int64) -> Int64 {
        min(lossMax, coarse(count, .count(max: lossMax)))
    }

    static func coarse(_ number: Int64, _ kind: PropertyKind) -> Int64 {
        if case .duration(.milliseconds, _) = kind {
            return millisecondSteps.first { $0 >= number } ?? millisecondSteps[11]
        }
        return number <= 0 ? 0 : 1 << (63 - number.leadingZeroBitCount)
    }
}
