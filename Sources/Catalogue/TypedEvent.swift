// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Anything that declares an event.
public protocol EventDeclaration: Sendable {
    /// The declaration.
    var definition: EventDefinition { get }
    /// What stands for it if it is a typed event; nil otherwise.
    var typedKey: EventKey? { get }
}

extension EventDefinition: EventDeclaration {
    /// Itself.
    public var definition: EventDefinition { self }
    /// None: it is recorded by its name.
    public var typedKey: EventKey? { nil }
}

/// An event whose properties have Swift types, for events that are recorded often.
///
/// Declare it once and keep it; a catalogue must have it (`adding`) before it is recorded.
public struct Event<each Value: Sendable>: EventDeclaration {
    /// The declaration.
    public let definition: EventDefinition
    /// What stands for it in a catalogue.
    public let key: EventKey
    /// The same.
    public var typedKey: EventKey? { key }
    /// The properties, in their declared order.
    public let properties: (repeat Property<each Value>)

    /// Declares an event with up to 16 properties.
    public init(
        _ name: String, since: String, purpose: String,
        _ property: repeat Property<each Value>
    ) {
        var definitions: [PropertyDefinition] = []
        for declared in repeat each property {
            definitions.append(declared.definition.numbered(definitions.count + 1))
        }
        precondition(definitions.count <= EventKey.propertiesMax, "too many properties: \(name)")
        definition = EventDefinition(id: 0, name, since: since, purpose: purpose, definitions)
        key = EventKey()
        properties = (repeat each property)
    }
}

extension PropertyDefinition {
    fileprivate func numbered(_ id: Int) -> PropertyDefinition {
        PropertyDefinition(
            id: id, name, kind, aliases: aliases, since: since, purpose: purpose)
    }
}

/// What stands for a typed event wherever it is recorded.
public final class EventKey: Sendable, Equatable {
    /// The most properties of a typed event.
    package static let propertiesMax = 16

    // Where the event stood in the catalogue that was asked last: a hint, to be checked.
    private let hint = Atomic<Int>(0)

    init() {}

    /// The place of the event in a catalogue's list of keys; nil if it is not there.
    package func place(in keys: [EventKey?]) -> Int? {
        let hinted = hint.load(ordering: .relaxed)
        if hinted < keys.count, keys[hinted] === self { return hinted }
        guard let place = keys.firstIndex(where: { $0 === self }) else { return nil }
        hint.store(place, ordering: .relaxed)
        return place
    }

    /// A key is only equal to itself.
    public static func == (left: EventKey, right: EventKey) -> Bool { left === right }
}
