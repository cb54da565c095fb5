// SPDX-License-Identifier: Apache-2.0

import Catalogue

/// Turns the records of one journal into rows of the store, each checked once more by today's
/// catalogue and consent. What it looked up once it remembers: names are numbers in a row.
struct RowMaker {
    /// What an event of the journal's table is in the store.
    private final class EventForm {
        let name: Int64
        let properties: [PropertyForm?]

        init(name: Int64, properties: [PropertyForm?]) {
            (self.name, self.properties) = (name, properties)
        }
    }

    /// An object, so that each use of it costs one reference and not one for each member.
    private final class PropertyForm {
        /// The number of its name, as bytes.
        let name: [UInt8]
        let definition: PropertyDefinition
        let words: [String]
        /// For each word its bytes, once they were asked for; nil inside if it is refused.
        var choices: [[UInt8]??]

        init(name: [UInt8], definition: PropertyDefinition, words: [String]) {
            (self.name, self.definition, self.words) = (name, definition, words)
            choices = Array(repeating: nil, count: words.count)
        }
    }

    private let table: JournalTable
    private let catalogue: Catalogue
    private let permit: Permit
    private let ownNames: OwnNames
    private let store: Store
    /// For each event of the table its form, once it was asked for; nil inside if it is refused.
    private var forms: [EventForm??]
    /// The properties of the row that was made last.
    private(set) var properties: [UInt8] = []

    init(
        _ table: JournalTable, _ catalogue: Catalogue, _ permit: Permit, _ ownNames: OwnNames,
        _ store: Store
    ) {
        (self.table, self.catalogue, self.permit) = (table, catalogue, permit)
        (self.ownNames, self.store) = (ownNames, store)
        forms = Array(repeating: nil, count: table.events.count)
    }

    /// The number of the event's name, with its properties in ``properties``; nil if today's
    /// catalogue or consent does not know the event.
    mutating func make(_ record: JournalRecord) throws -> Int64? {
        guard let form = try form(of: record.event) else { return nil }
        properties.removeAll(keepingCapacity: true)
        for (index, value) in record.properties {
            guard Int(index) < form.properties.count,
                let property = form.properties[Int(index)]
            else { continue }
            try append(value, property)
        }
        return form.name
    }

    private mutating func append(
        _ value: JournalRecord.Value, _ property: PropertyForm
    ) throws {
        switch value {
        case .integer(let number):
            guard
                case .accepted(.integer(let admitted)) = property.definition.admit(
                    .integer(number))
            else { return }
            properties += property.name
            properties.append(StoredProperties.Tag.integer)
            properties.append(varint: UInt64(admitted))
        case .boolean(let flag):
            guard property.definition.kind == .bool else { return }
            properties += property.name
            properties.append(flag ? StoredProperties.Tag.yes : StoredProperties.Tag.no)
        case .word(let word):
            guard let bytes = try choice(Int(word), property) else { return }
            properties += bytes
        case .text(let text):
            // What this machine or its person is called has no place in an identifier.
            guard !ownNames.occur(in: text), let bytes = try string(text, property) else { return }
            properties += bytes
        }
    }

    /// A word of a choice with its property's name; most are met again and again.
    private func choice(_ word: Int, _ property: PropertyForm) throws -> [UInt8]? {
        guard word < property.words.count else { return nil }
        if let known = property.choices[word] { return known }
        let bytes = try string(property.words[word], property)
        property.choices[word] = .some(bytes)
        return bytes
    }

    private func string(_ text: String, _ property: PropertyForm) throws -> [UInt8]? {
        guard case .accepted(.string(let admitted)) = property.definition.admit(.string(text))
        else { return nil }
        var bytes = property.name
        bytes.append(StoredProperties.Tag.string)
        bytes.append(varint: try store.number(of: admitted))
        return bytes
    }

    private mutating func form(of event: UInt16) throws -> EventForm? {
        let place = Int(event)
        guard place < forms.count else { return nil }
        if let known = forms[place] { return known }
        let form = try makeForm(of: place)
        forms[place] = .some(form)
        return form
    }

    private func makeForm(of event: Int) throws -> EventForm? {
        let entry = table.events[event]
        guard let definition = catalogue.event(named: entry.name), permit.allows(entry.name) else {
            return nil
        }
        let properties = try entry.properties.map { property -> PropertyForm? in
            guard let declared = definition.property(named: property.name),
                permit.allows("\(entry.name).\(property.name)")
            else { return nil }
            var name: [UInt8] = []
            name.append(varint: try store.number(of: property.name))
            return PropertyForm(name: name, definition: declared, words: property.words)
        }
        return EventForm(
            name: Int64(try store.number(of: entry.name)), properties: properties)
    }
}
