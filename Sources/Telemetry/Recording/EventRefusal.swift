// SPDX-License-Identifier: Apache-2.0

/// What the catalogue refused: a whole event, or a property of one that was recorded without it.
public struct EventRefusal: Sendable, Hashable, CustomStringConvertible {
    /// The event's name, as it was given.
    public let event: String
    /// The property's name, as it was given. Nil where the event is not declared, and where a typed
    /// event was recorded without some of its properties.
    public let property: String?

    /// `EVENT.PROPERTY`, or the event alone.
    public var description: String { property.map { "\(event).\($0)" } ?? event }
}
