// SPDX-License-Identifier: Apache-2.0

import Catalogue

/// Turns the records of one journal into rows of the store, each checked once more by today's
/// catalogue and consent. What it looked up once it remembers: names are numbers in a row.
struct RowMaker {
    /// What an event of the journal's table is in the store.
    private final class EventForm {
        let name: Int64
        let fields: [Field?]
        /// What the words of all choices are, one choice after the other.
        var words: [Word]

        init(name: Int64, fields: [Field?], words: Int) {
            (self.name, self.fields) = (name, fields)
            self.words = Array(repeating: .unasked, count: words)
        }
    }

    /// What a property is. Numbers alone, so that nothing is counted when it is looked at.
    private struct Field {
        /// The number of its name.
        let name: UInt64
        let admits: Admits
        /// Where its words stand in its event's.
        let words: Range<Int>
    }

    private enum Admits {
        case number(max: Int64)
        case flag
        /// A choice, an identifier or a version.
        case string
    }

    /// A word of the table: its number in the store, once it was asked for.
    private enum Word {
        case unasked
        case refused
        case number(UInt64)
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
    /// How many texts were dropped, since the guard or today's catalogue refuses them.
    private(set) var refusedTexts: Int64 = 0

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
    mutating func make(_ record: borrowing JournalRecord) throws -> Int64? {
        guard let form = try form(of: record.event) else { return nil }
        properties.removeAll(keepingCapacity: true)
        for property in record.properties {
            let place = Int(property.index)
            guard place < form.fields.count, let field = form.fields[place] else { continue }
            switch property.value {
            case .integer(let number): append(number, field)
            case .boolean(let flag): append(flag, field)
            case .word(let word):
                try append(word: Int(word), field, form, table.events[Int(record.event)], place)
            case .text(let range):
                let text = String(decoding: record.texts[range], as: UTF8.self)
                append(text, field, table.events[Int(record.event)], place)
            }
        }
        return form.name
    }

    private mutating func append(_ number: Int64, _ field: Field) {
        guard case .number(let max) = field.admits,
            let admitted = PropertyKind.admitted(number, max: max)
        else { return }
        properties.append(varint: field.name)
        properties.append(StoredProperties.Tag.integer)
        properties.append(varint: UInt64(admitted))
    }

    private mutating func append(_ flag: Bool, _ field: Field) {
        guard case .flag = field.admits else { return }
        properties.append(varint: field.name)
        properties.append(flag ? StoredProperties.Tag.yes : StoredProperties.Tag.no)
    }

    private mutating func append(string number: UInt64, _ field: Field) {
        properties.append(varint: field.name)
        properties.append(StoredProperties.Tag.string)
        properties.append(varint: number)
    }

    /// A word of a choice; most are met again and again.
    private mutating func append(
        word: Int, _ field: Field, _ form: EventForm, _ event: JournalTable.Event, _ place: Int
    ) throws {
        guard word < field.words.count else { return }
        let index = field.words.lowerBound + word
        switch form.words[index] {
        case .number(let number): append(string: number, field)
        case .refused: return
        case .unasked:
            let text = event.properties[place].words[word]
            guard let number = try number(of: text, event, place) else {
                form.words[index] = .refused
                return
            }
            form.words[index] = .number(number)
            append(string: number, field)
        }
    }

    private mutating func append(
        _ text: String, _ field: Field, _ event: JournalTable.Event, _ place: Int
    ) {
        // What this machine or its person is called has no place in an identifier.
        guard !ownNames.occur(in: text), let admitted = admitted(text, event, place) else {
            refusedTexts += 1
            return
        }
        properties.append(varint: field.name)
        properties.append(StoredProperties.Tag.text)
        properties.append(varint: UInt64(admitted.utf8.count))
        properties += admitted.utf8
    }

    /// The number of a word in the store; nil if today's catalogue refuses it.
    private func number(
        of word: String, _ event: JournalTable.Event, _ place: Int
    ) throws -> UInt64? {
        try admitted(word, event, place).map(store.number)
    }

    /// What today's catalogue makes of a text; nil if it refuses it.
    private func admitted(
        _ text: String, _ event: JournalTable.Event, _ place: Int
    ) -> String? {
        let definition = catalogue.event(named: event.name)?
            .property(named: event.properties[place].name)
        guard case .accepted(.string(let admitted)) = definition?.admit(.string(text)) else {
            return nil
        }
        return admitted
    }

    private mutating func form(of event: UInt16) throws -> EventForm? {
        let place = Int(event)
        guard place < forms.count else { return nil }
        if let known = forms[place] { return known }
        let form = try makeForm(of: table.events[place])
        forms[place] = .some(form)
        return form
    }

    private func makeForm(of entry: JournalTable.Event) throws -> EventForm? {
        guard let definition = catalogue.event(named: entry.name), permit.allows(entry.name) else {
            return nil
        }
        var words = 0
        let fields = try entry.properties.map { property -> Field? in
            let start = words
            words += property.words.count
            guard let declared = definition.property(named: property.name),
                permit.allows("\(entry.name).\(property.name)")
            else { return nil }
            return Field(
                name: try store.number(of: property.name), admits: Self.admits(declared.kind),
                words: start..<words)
        }
        return EventForm(
            name: Int64(bitPattern: try store.number(of: entry.name)), fields: fields, words: words)
    }

    private static func admits(_ kind: PropertyKind) -> Admits {
        switch kind {
        case .count(let max), .duration(_, let max): .number(max: max)
        case .bool: .flag
        case .choice, .identifier, .version: .string
        }
    }
}
