// SPDX-License-Identifier: Apache-2.0

import Catalogue

/// Checks an event against catalogue and consent, and writes it as a record.
struct EventEncoder: Sendable {
    let catalogue: Catalogue
    let epoch: UInt32
    /// For each event of the catalogue: which of its properties may be recorded, or nil if it may
    /// not be recorded at all.
    private let allowed: [[Bool]?]
    /// The same for typed events: a bit for each of their properties.
    let allowedBits: [UInt16?]

    init(_ catalogue: Catalogue, _ permit: Permit, epoch: UInt32) {
        self.catalogue = catalogue
        self.epoch = epoch
        allowed = catalogue.events.map { event in
            guard permit.allows(event.name) else { return nil }
            return event.properties.map { permit.allows("\(event.name).\($0.name)") }
        }
        allowedBits = allowed.map { flags in
            flags.map { flags in
                flags.prefix(EventKey.propertiesMax).enumerated().reduce(0) { bits, flag in
                    flag.element ? bits | 1 << UInt16(flag.offset) : bits
                }
            }
        }
    }

    /// Which properties of the event may be recorded; nil if the event may not.
    func allowedProperties(ofEvent index: Int) -> [Bool]? { allowed[index] }

    /// Writes the properties that are declared and allowed, in their declared order. Returns how
    /// many the catalogue refused; withheld ones are none of these.
    func write(
        _ properties: [String: PropertyValue], ofEvent index: Int, to writer: inout RecordWriter
    ) -> Int {
        let definitions = catalogue.events[index].properties
        var refusals = properties.count
        for (place, property) in definitions.enumerated() {
            guard place < RecordLayout.propertiesMax, let value = property.value(in: properties)
            else { continue }
            guard allowed[index]?[place] == true else {
                refusals -= 1
                continue
            }
            if Self.write(value, property, UInt8(place), to: &writer) { refusals -= 1 }
        }
        return refusals
    }

    private static func write(
        _ value: PropertyValue, _ property: PropertyDefinition, _ place: UInt8,
        to writer: inout RecordWriter
    ) -> Bool {
        guard case .accepted(let admitted) = property.admit(value) else { return false }
        switch (admitted, property.kind) {
        case (.string(let word), .choice(let words)):
            guard let index = words.firstIndex(of: word) else { return false }
            writer.word(UInt16(index), property: place)
        case (.string(let text), _): writer.text(text, property: place)
        case (.integer(let number), _): writer.integer(number, property: place)
        case (.boolean(let flag), _): writer.boolean(flag, property: place)
        case (.double, _): return false
        }
        return true
    }
}

extension PropertyDefinition {
    /// The value that was handed over under the property's name, or under one of its aliases.
    fileprivate func value(in properties: [String: PropertyValue]) -> PropertyValue? {
        if let value = properties[name] { return value }
        for alias in aliases {
            if let value = properties[alias] { return value }
        }
        return nil
    }
}
