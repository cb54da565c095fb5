// SPDX-License-Identifier: Apache-2.0

private import Hashing

/// Every event that may be recorded, and every property of it.
///
/// One source for the checks of sender and collector, for the text that a person agrees to, and for
/// the printed documents.
public struct Catalogue: Sendable, Equatable {
    /// The declared events, in the order of their declaration.
    public let events: [EventDefinition]
    private let indexByName: [String: Int]

    /// For each event what stands for it if it is a typed one.
    package let keys: [EventKey?]

    /// Makes a catalogue. Of two events with one name the later declaration counts.
    public init(_ events: [any EventDeclaration]) {
        var kept: [any EventDeclaration] = []
        var indexByName: [String: Int] = [:]
        for event in events {
            if let index = indexByName[event.definition.name] {
                kept[index] = event
            } else {
                indexByName[event.definition.name] = kept.count
                kept.append(event)
            }
        }
        self.events = kept.map(\.definition)
        keys = kept.map(\.typedKey)
        self.indexByName = indexByName
    }

    private init(_ catalogue: Catalogue, adding events: [any EventDeclaration]) {
        self.init(zip(catalogue.events, catalogue.keys).map(Declared.init) + events)
    }

    /// This catalogue and further events of a host program.
    public func adding(_ events: any EventDeclaration...) -> Catalogue {
        Catalogue(self, adding: events)
    }

    /// Only the events with these names: a host program takes over what it records itself, so that
    /// nobody has to agree to more. Names that the catalogue has not are no events.
    public func keeping(_ names: String...) -> Catalogue {
        Catalogue(zip(events, keys).filter { names.contains($0.0.name) }.map(Declared.init))
    }

    /// The event with this name, or nil.
    public func event(named name: String) -> EventDefinition? {
        index(of: name).map { events[$0] }
    }

    /// The place of the event with this name among `events`, or nil.
    public func index(of name: String) -> Int? {
        indexByName[name]
    }

    /// `event.property` for every declared property, and `event` for every event, sorted: what a
    /// person agrees to.
    public var terms: [String] {
        events.flatMap { event in
            [event.name] + event.properties.map { "\(event.name).\($0.name)" }
        }.sorted()
    }

    /// The SHA-256 of all that decides what can be recorded, in hexadecimal digits.
    ///
    /// It changes with every event, property, choice and bound, and with nothing else.
    public var digest: String {
        Hex.encode(SHA256.hash(Array(canonicalText.utf8)))
    }

    private var canonicalText: String {
        events.map { event in
            "event \(event.id) \(event.name)\n"
                + event.properties.map { "property \($0.id) \($0.name) \($0.kind.canonical)\n" }
                .joined()
        }.joined()
    }
}

extension PropertyKind {
    /// The kind with its list or bound, as the digest covers it.
    var canonical: String {
        switch self {
        case .choice(let words): "choice \(words.joined(separator: "|"))"
        case .count(let max): "count \(max)"
        case .duration(let unit, let max): "duration \(unit.rawValue) \(max)"
        case .identifier, .version, .bool: word
        }
    }
}

/// An event of a catalogue, with what stands for it.
private struct Declared: EventDeclaration {
    let definition: EventDefinition
    let typedKey: EventKey?
}
