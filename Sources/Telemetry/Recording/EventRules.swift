// SPDX-License-Identifier: Apache-2.0

import Catalogue

/// What catalogue and consent say of one event, in plain memory.
@safe struct EventRules {
    /// What a property may hold.
    enum Form {
        /// A word of the list; one that is not on it becomes the one at `other`.
        case choice(NameList, other: UInt64)
        case number
        case bool
        /// An identifier or a version: the catalogue decides.
        case text
    }

    /// One property, by its place.
    struct Property {
        let form: Form
        let max: Int64
        let isAllowed: Bool
    }

    /// Marks, instead of a word, a value that was refused.
    static let refused = UInt64.max

    let isAllowed: Bool
    let names: NameList
    let properties: UnsafeMutablePointer<Property>
    let count: Int

    init(_ event: EventDefinition, _ permit: Permit) {
        let definitions = event.properties.prefix(RecordLayout.propertiesMax)
        isAllowed = permit.allows(event.name)
        count = definitions.count
        names = NameList(
            definitions.enumerated().flatMap { place, property in
                [(property.name, place, false)] + property.aliases.map { ($0, place, true) }
            })
        unsafe properties = .allocate(capacity: max(1, count))
        for (place, property) in definitions.enumerated() {
            unsafe (properties + place).initialize(
                to: Property(
                    property.kind, isAllowed: permit.allows("\(event.name).\(property.name)")))
        }
    }

    func free() {
        names.free()
        for place in 0..<count {
            if case .choice(let words, _) = unsafe properties[place].form { words.free() }
        }
        unsafe properties.deallocate()
    }

    /// Puts the word of each property that is declared, allowed and admitted to its place, 0 where
    /// there is none and `refused` where it was refused. Returns how many properties were refused.
    func encode(
        _ values: [String: PropertyValue], _ definition: @autoclosure () -> EventDefinition,
        into words: UnsafeMutableBufferPointer<UInt64>
    ) -> Int {
        var refusals = 0
        for (name, value) in values {
            guard let (place, isAlias) = names.find(name) else {
                refusals += 1
                continue
            }
            let property = unsafe properties[place]
            guard property.isAllowed else { continue }
            let before = unsafe words[place]
            // A value under the property's own name goes before one under another name.
            if before != 0, before != Self.refused || isAlias { refusals += 1 }
            if before != 0, isAlias { continue }
            let word =
                property.word(value, at: UInt64(place))
                ?? text(value, at: place, definition())
            if word == Self.refused { refusals += 1 }
            unsafe words[place] = word
        }
        return refusals
    }

    @inline(never)
    private func text(
        _ value: PropertyValue, at place: Int, _ definition: EventDefinition
    ) -> UInt64 {
        guard case .accepted(.string) = definition.properties[place].admit(value) else {
            return Self.refused
        }
        return RecordLayout.property(UInt64(place), RecordLayout.Tag.text, 0)
    }
}

extension EventRules.Property {
    fileprivate init(_ kind: PropertyKind, isAllowed: Bool) {
        self.isAllowed = isAllowed
        switch kind {
        case .choice(let words):
            let other = words.firstIndex(of: PropertyKind.other) ?? 0
            form = .choice(NameList(words), other: UInt64(other))
            max = 0
        case .count(let max), .duration(_, let max):
            form = .number
            self.max = max
        case .bool:
            form = .bool
            max = 0
        case .identifier, .version:
            form = .text
            max = 0
        }
    }

    /// The word for a value, `EventRules.refused`, or nil where the catalogue must decide. The same
    /// as the catalogue's own answer: a test compares the two.
    fileprivate func word(_ value: PropertyValue, at place: UInt64) -> UInt64? {
        switch (form, value) {
        case (.choice(let words, let other), .string(let word)):
            RecordLayout.property(
                place, RecordLayout.Tag.word, words.find(word).map { UInt64($0.place) } ?? other)
        case (.number, .integer(let number)): self.number(number, at: place)
        case (.number, .double(let number)):
            // A fraction is cut off; NaN is not at least 0.
            number >= 0
                ? self.number(number >= Double(max) ? max : Int64(number), at: place)
                : EventRules.refused
        case (.bool, .boolean(let flag)):
            RecordLayout.property(place, RecordLayout.Tag.boolean, flag ? 1 : 0)
        case (.text, .string): nil
        default: EventRules.refused
        }
    }

    private func number(_ number: Int64, at place: UInt64) -> UInt64 {
        guard number >= 0 else { return EventRules.refused }
        let least = UInt64(min(number, max))
        return least < RecordLayout.valueLimit
            ? RecordLayout.property(place, RecordLayout.Tag.integer, least)
            : RecordLayout.property(place, RecordLayout.Tag.wide, 0)
    }
}
