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
    /// Declares an event with up to 16 properties.
    public init(
        _ name: String, since: String, purpose: String,
        _ property: repeat Property<each Value>
    ) {
        var definitions: [PropertyDefinition] = []
        var encoders: [EventKey.Encode] = unsafe []
        for declared in repeat each property {
            definitions.append(declared.definition.numbered(definitions.count + 1))
            unsafe encoders.append(declared.erasedEncode)
        }
        precondition(definitions.count <= EventKey.propertiesMax, "too many properties: \(name)")
        definition = EventDefinition(id: 0, name, since: since, purpose: purpose, definitions)
        key = unsafe EventKey(encoders)
    }
}

extension PropertyDefinition {
    fileprivate func numbered(_ id: Int) -> PropertyDefinition {
        PropertyDefinition(
            id: id, name, kind, aliases: aliases, since: since, purpose: purpose)
    }
}

/// What stands for a typed event wherever it is recorded.
@safe public final class EventKey: Sendable, Equatable {
    /// The most properties of a typed event.
    package static let propertiesMax = 16

    /// Turns the value at an address into what is recorded.
    package typealias Encode = @Sendable (UnsafeRawPointer) -> EncodedValue?

    /// How to encode each property, in their declared order. The types of the values at the
    /// addresses are those of the event; only `Event` makes keys, and sees to that.
    package let encoders: [Encode]
    // Where the event stood in the catalogue that was asked last.
    private let hint = Atomic<Int>(0)

    init(_ encoders: [Encode]) { unsafe self.encoders = encoders }

    /// Where the event may stand in a catalogue: a hint, to be checked.
    package var hintedPlace: Int {
        get { hint.load(ordering: .relaxed) }
        set { hint.store(newValue, ordering: .relaxed) }
    }

    /// A key is only equal to itself.
    public static func == (left: EventKey, right: EventKey) -> Bool { left === right }
}
