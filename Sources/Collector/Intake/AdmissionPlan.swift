// SPDX-License-Identifier: Apache-2.0

internal import Catalogue

/// A catalogue compiled for the intake: names are found by their bytes, and each figure that comes
/// of a closed list has a number.
///
/// Its parts are classes, so that one counted reference is all that using one takes.
final class AdmissionPlan: Sendable {
    /// One property of an event.
    final class Property: Sendable {
        let definition: PropertyDefinition
        /// How its attributes begin, and whole attributes where values are known beforehand.
        let attributes: KeptAttributes
        /// The words of a choice.
        let words: NameTable?
        /// The index of `other` among the words.
        let other: Int
        /// The figures of its values where it has a table of its own: one for each word, or for no
        /// and yes, and the last for a record that does not tell. Empty without a table, or where
        /// values are not known beforehand.
        let counters: [Int]
        /// What the name of a figure starts with whose value is not known beforehand.
        let dynamicPrefix: String?

        fileprivate init(
            _ property: PropertyDefinition, _ event: EventDefinition, _ names: CounterNames
        ) {
            definition = property
            attributes = KeptAttributes(property)
            words = property.kind.words.map { NameTable($0) }
            other = property.kind.words?.firstIndex(of: PropertyKind.other) ?? 0
            counters = Self.counterNames(of: property, event).map(names.number)
            dynamicPrefix = Self.dynamicPrefix(of: property, event)
        }
    }

    /// One event.
    final class Event: Sendable {
        /// Its name, as the field of a record that is kept.
        let nameField: [UInt8]
        /// The figure of its records.
        let counter: Int
        let properties: [Property]
        /// The properties that have tables of their own.
        let tables: [Int]
        /// Names and aliases, each with the index of its property.
        let keys: NameTable
        let keyProperties: [Int]
        /// The properties that label the event's group, and the figures for all combinations of
        /// their words (the last word standing for a record that does not tell).
        let labels: [(property: Int, words: Int)]
        let labelCounters: [Int]
        /// The property that is a duration, if any, and how many milliseconds its unit has.
        let duration: (property: Int, milliseconds: Int64)?

        fileprivate init(_ event: EventDefinition, _ names: CounterNames) {
            var field = CompactWriter()
            field.delimited(field: 12, Array(event.name.utf8))
            nameField = field.bytes
            counter = names.number(Counter(.event, event.name).description)
            let properties = event.properties.map { AdmissionPlan.Property($0, event, names) }
            self.properties = properties
            tables = properties.indices.filter { !properties[$0].counters.isEmpty }
            let keys = event.properties.enumerated().flatMap { index, property in
                ([property.name] + property.aliases).map { ($0, index) }
            }
            self.keys = NameTable(keys.map(\.0))
            keyProperties = keys.map(\.1)
            let group = Self.group(of: event)
            labels =
                group?.labelNames.compactMap { name in
                    event.properties.firstIndex { $0.name == name }.map {
                        ($0, event.properties[$0].kind.words?.count ?? 0)
                    }
                } ?? []
            labelCounters = Self.labelNames(of: event).map(names.number)
            duration =
                event.properties.enumerated().lazy.compactMap { index, property in
                    property.kind.millisecondsPerUnit.map { (index, $0) }
                }.first
        }

        /// The figure that the record's duration belongs to is the most particular one.
        func timed(_ label: Int?) -> Int { label ?? counter }
    }

    let service: String
    let events: [Event]
    let eventNames: NameTable
    /// The names of the figures, by number, in order.
    let counterNames: [String]

    init(_ catalogue: Catalogue, service: String) {
        var names = CounterNames()
        for event in catalogue.events { names.collect(event) }
        names.sort()
        self.service = service
        events = catalogue.events.map { Event($0, names) }
        eventNames = NameTable(catalogue.events.map(\.name))
        counterNames = names.sorted
    }
}

/// The names of a catalogue's figures, and the number of each once they are sorted.
private struct CounterNames {
    private var all: Set<String> = []
    private(set) var sorted: [String] = []
    private var numbers: [String: Int] = [:]

    mutating func collect(_ event: EventDefinition) {
        all.insert(Counter(.event, event.name).description)
        all.formUnion(AdmissionPlan.Event.labelNames(of: event))
        for property in event.properties {
            all.formUnion(AdmissionPlan.Property.counterNames(of: property, event))
        }
    }

    mutating func sort() {
        sorted = all.sorted()
        numbers = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, $0) })
    }

    func number(_ name: String) -> Int { numbers[name] ?? 0 }
}

extension AdmissionPlan.Event {
    /// The group of figures that is the event's own, if the catalogue labels it by choices.
    static func group(of event: EventDefinition) -> CounterGroup? {
        CounterGroup.allCases.first { group in
            group.event == event.name
                && group.labelNames.allSatisfy { event.property(named: $0)?.kind.words != nil }
        }
    }

    /// The names for all combinations of the group's labels, the last label fastest.
    static func labelNames(of event: EventDefinition) -> [String] {
        guard let group = group(of: event) else { return [] }
        return group.labelNames.reduce([group.rawValue]) { names, label in
            let words = event.property(named: label)?.kind.words ?? []
            return names.flatMap { name in
                (words + [Counter.notTold]).map { "\(name)/\($0)" }
            }
        }
    }
}

extension AdmissionPlan.Property {
    /// The names of the figures of the property's own table.
    static func counterNames(
        of property: PropertyDefinition, _ event: EventDefinition
    ) -> [String] {
        guard AdmissionPlan.Event.group(of: event) == nil else { return [] }
        let words: [String]
        switch property.kind {
        case .choice(let choices): words = choices
        case .bool: words = ["false", "true"]
        case .identifier, .version: words = []
        case .count, .duration: return []
        }
        return (words + [Counter.notTold]).map {
            Counter(.property, event.name, property.name, $0).description
        }
    }

    private static func dynamicPrefix(
        of property: PropertyDefinition, _ event: EventDefinition
    ) -> String? {
        switch property.kind {
        case .identifier, .version:
            AdmissionPlan.Event.group(of: event) == nil
                ? "\(CounterGroup.property.rawValue)/\(event.name)/\(property.name)/" : nil
        case .choice, .bool, .count, .duration: nil
        }
    }
}

extension PropertyKind {
    /// The words of a choice; nil for another kind.
    var words: [String]? {
        if case .choice(let words) = self { words } else { nil }
    }

    /// Milliseconds in a unit of a duration; nil for another kind.
    fileprivate var millisecondsPerUnit: Int64? {
        switch self {
        case .duration(.milliseconds, _): 1
        case .duration(.seconds, _): 1000
        case .choice, .identifier, .count, .version, .bool: nil
        }
    }
}
