// SPDX-License-Identifier: Apache-2.0

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
@safe public struct Event<each Value: Sendable>: EventDeclaration {
    /// The declaration.
    public let definition: EventDefinition
    /// What stands for it in a catalogue.
    public let key: EventKey
    /// How its values become words of a record. The key's own, which lives as long as this value
    /// and says why it may be shared.
    public nonisolated(unsafe) let plan: UnsafeMutablePointer<TypedEventPlan>
    /// The same as ``key``.
    public var typedKey: EventKey? { key }

    /// Declares an event with up to 16 properties. Names and bounds are those of an
    /// `EventDefinition`: a faulty declaration ends the program.
    public init(
        _ name: String, since: String, purpose: String,
        _ property: repeat Property<each Value>
    ) {
        var definitions: [PropertyDefinition] = []
        var encoders: [EventKey.Encode] = unsafe []
        var drafts: [TypedPropertyPlan.Draft] = []
        for declared in repeat each property {
            definitions.append(declared.definition.numbered(definitions.count + 1))
            unsafe encoders.append(declared.erasedEncode)
            drafts.append(declared.draft)
        }
        precondition(definitions.count <= EventKey.propertiesMax, "too many properties: \(name)")
        definition = EventDefinition(id: 0, name, since: since, purpose: purpose, definitions)
        key = unsafe EventKey(name, encoders, drafts)
        unsafe plan = key.plan
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

    /// The event's name.
    package let name: String
    /// How to encode each property, in their declared order. The types of the values at the
    /// addresses are those of the event; only `Event` makes keys, and sees to that.
    package let encoders: [Encode]
    /// The same for those who count no references.
    // Written once, in `init`, but for its hint, which is accessed atomically.
    package nonisolated(unsafe) let plan: UnsafeMutablePointer<TypedEventPlan>

    init(_ name: String, _ encoders: [Encode], _ drafts: [TypedPropertyPlan.Draft]) {
        self.name = name
        unsafe self.encoders = encoders
        let properties = UnsafeMutableBufferPointer<TypedPropertyPlan>.allocate(
            capacity: max(1, drafts.count))
        _ = unsafe properties.initialize(from: drafts.isEmpty ? [.other] : drafts.map(\.plan))
        unsafe plan = .allocate(capacity: 1)
        let first = unsafe UnsafePointer(properties.baseAddress)
        guard let first = unsafe first else { preconditionFailure("no memory") }
        unsafe plan.initialize(
            to: TypedEventPlan(
                properties: first, count: drafts.count,
                bytesMax: drafts.map { UInt64(8 * $0.wordsMax) }.reduce(0, +),
                owner: .passUnretained(self)))
    }

    deinit {
        for index in 0..<(unsafe plan.pointee.count) {
            unsafe plan.pointee.properties[index].places?.deallocate()
        }
        unsafe plan.pointee.properties.deallocate()
        unsafe plan.deallocate()
    }

    /// A key is only equal to itself.
    public static func == (left: EventKey, right: EventKey) -> Bool { left === right }
}
