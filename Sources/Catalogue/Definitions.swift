// SPDX-License-Identifier: Apache-2.0

/// A declared property of an event.
public struct PropertyDefinition: Sendable, Equatable {
    /// A number that stands for the property within its event; given by hand, never used again.
    public let id: Int
    /// The name, in snake case: `[a-z][a-z0-9_]{0,63}`.
    public let name: String
    /// Other names under which a value may be handed over.
    public let aliases: [String]
    /// What it may hold.
    public let kind: PropertyKind
    /// The version of the program that recorded it first.
    public let since: String
    /// Why it is recorded, as a person reads it before agreeing.
    public let purpose: String

    /// Declares a property. A list of choices gets `other` if it lacks it.
    ///
    /// A faulty declaration ends the program: the name and the aliases are `[a-z][a-z0-9_]{0,63}`,
    /// the words of a choice `[A-Za-z0-9._-]{1,64}` and at most 512, and no bound is below 0.
    public init(
        id: Int, _ name: String, _ kind: PropertyKind, aliases: [String] = [],
        since: String = "0.1", purpose: String
    ) {
        self.id = id
        self.name = name
        self.aliases = aliases
        self.kind =
            if case .choice(let words) = kind, !words.contains(PropertyKind.other) {
                .choice(words + [PropertyKind.other])
            } else {
                kind
            }
        self.since = since
        self.purpose = purpose
        precondition(([name] + aliases).allSatisfy(DeclarationRules.isName), "no name: \(name)")
        precondition(DeclarationRules.isSound(self.kind), "faulty words or bound: \(name)")
    }

    /// Checks a value and brings it into the form that is recorded.
    public func admit(_ value: PropertyValue) -> Admission {
        kind.admit(value)
    }
}

/// A declared event.
public struct EventDefinition: Sendable, Equatable {
    /// A number that stands for the event; given by hand, never used again.
    public let id: Int
    /// The name, in snake case: `[a-z][a-z0-9_]{0,63}`.
    public let name: String
    /// The version of the program that recorded it first.
    public let since: String
    /// Why it is recorded, as a person reads it before agreeing.
    public let purpose: String
    /// Whether it tells of a failure; such events travel with OpenTelemetry's severity ERROR.
    public let isError: Bool
    /// What may be recorded with it.
    public let properties: [PropertyDefinition]

    /// Declares an event.
    ///
    /// A faulty declaration ends the program: the name is `[a-z][a-z0-9_]{0,63}`, and no two
    /// properties answer to one name.
    public init(
        id: Int, _ name: String, since: String = "0.1", purpose: String, isError: Bool = false,
        _ properties: [PropertyDefinition]
    ) {
        self.id = id
        self.name = name
        self.since = since
        self.purpose = purpose
        self.isError = isError
        self.properties = properties
        precondition(DeclarationRules.isName(name), "no name of an event: \(name)")
        precondition(DeclarationRules.areDistinct(properties), "two of one name in \(name)")
    }

    /// The property with this name or alias, or nil.
    public func property(named name: String) -> PropertyDefinition? {
        properties.first { $0.name == name || $0.aliases.contains(name) }
    }
}
