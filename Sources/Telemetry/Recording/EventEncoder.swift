// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Modules

/// Checks an event against catalogue and consent, and turns it into a record.
struct EventEncoder: Sendable {
    let catalogue: Catalogue
    let permit: Permit
    let epoch: UInt32

    /// What became of an event.
    struct Outcome {
        /// The record; nil if the event is refused.
        var record: JournalRecord?
        /// How many refusals of the catalogue there were; withheld properties are none.
        var refusals = 0
    }

    func encode(
        _ name: String, _ properties: [String: PropertyValue], at time: Timestamp
    ) -> Outcome {
        guard let index = catalogue.index(of: name) else { return Outcome(refusals: 1) }
        guard permit.allows(name) else { return Outcome() }
        let definition = catalogue.events[index]
        var outcome = Outcome()
        var values: [(index: UInt8, value: JournalRecord.Value)] = []
        for (key, value) in properties.prefix(JournalRecord.propertiesMax) {
            guard let place = definition.place(of: key) else {
                outcome.refusals += 1
                continue
            }
            let property = definition.properties[place]
            guard permit.allows("\(name).\(property.name)") else { continue }
            if let encoded = Self.encode(value, property) {
                values.append((UInt8(place), encoded))
            } else {
                outcome.refusals += 1
            }
        }
        outcome.refusals += max(0, properties.count - JournalRecord.propertiesMax)
        values.sort { $0.index < $1.index }
        outcome.record = JournalRecord(
            epoch: epoch, event: UInt16(index), time: time, properties: values)
        return outcome
    }

    private static func encode(
        _ value: PropertyValue, _ property: PropertyDefinition
    ) -> JournalRecord.Value? {
        guard case .accepted(let admitted) = property.admit(value) else { return nil }
        switch (admitted, property.kind) {
        case (.string(let word), .choice(let words)):
            return words.firstIndex(of: word).map { .word(UInt16($0)) }
        case (.string(let text), _): return .text(text)
        case (.integer(let number), _): return .integer(number)
        case (.boolean(let flag), _): return .boolean(flag)
        case (.double, _): return nil
        }
    }
}

extension EventDefinition {
    /// The place of a property among the event's properties, by name or alias.
    fileprivate func place(of name: String) -> Int? {
        properties.prefix(Int(UInt8.max)).firstIndex {
            $0.name == name || $0.aliases.contains(name)
        }
    }
}
