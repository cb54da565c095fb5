// SPDX-License-Identifier: Apache-2.0

import Catalogue

/// How each type of event of a store is encoded, worked out once for a batch.
final class EventPlans {
    /// The key of the attribute that tells a record from all others, as protobuf has it.
    static let uidKey = field(Wire.key, BatchRequest.uidKey)

    private let catalogue: Catalogue
    private let permit: Permit
    private let names: [UInt64: String]
    private var plans: [UInt64: EventPlan] = [:]
    private var words: [UInt64: [UInt8]] = [:]

    init(_ catalogue: Catalogue, _ permit: Permit, names: [UInt64: String]) {
        self.catalogue = catalogue
        self.permit = permit
        self.names = names
    }

    /// Whether today's consent and configuration still cover an event; true of one whose name is
    /// damaged, which is for `plan` to say.
    func covers(_ name: UInt64) -> Bool { names[name].map(permit.allows) ?? true }

    /// How an event is encoded; nil if its name can't be read.
    func plan(_ name: UInt64) -> EventPlan? {
        if let plan = plans[name] { return plan }
        guard let text = names[name] else { return nil }
        let plan = EventPlan(text, catalogue.event(named: text))
        plans[name] = plan
        return plan
    }

    /// A word as the value of an attribute; nil if it can't be read.
    func word(_ number: UInt64) -> [UInt8]? {
        if let word = words[number] { return word }
        guard let text = names[number] else { return nil }
        let word = Self.field(Wire.string, text)
        words[number] = word
        return word
    }

    fileprivate func property(
        _ number: UInt64, of event: String, _ definition: EventDefinition?
    ) -> PropertyPlan? {
        guard let name = names[number] else { return nil }
        return PropertyPlan(
            key: Self.field(Wire.key, name), isAllowed: permit.allows("\(event).\(name)"),
            kind: definition?.property(named: name)?.kind)
    }

    static func field(_ tag: UInt8, _ text: String) -> [UInt8] {
        var bytes = [tag]
        bytes.append(varint: UInt64(text.utf8.count))
        return bytes + Array(text.utf8)
    }
}

/// How one type of event is encoded.
final class EventPlan {
    /// OpenTelemetry's severity number.
    let severity: UInt8
    /// The field that holds the event's name.
    let nameField: [UInt8]

    private let name: String
    private let definition: EventDefinition?
    private var properties: [UInt64: PropertyPlan] = [:]

    init(_ name: String, _ definition: EventDefinition?) {
        self.name = name
        self.definition = definition
        severity = UInt8(BatchRequest.severity(of: definition))
        nameField = EventPlans.field(Wire.eventName, name)
    }

    /// How a property is encoded; nil if its name can't be read.
    func property(_ number: UInt64, _ plans: EventPlans) -> PropertyPlan? {
        if let property = properties[number] { return property }
        let property = plans.property(number, of: name, definition)
        properties[number] = property
        return property
    }
}

/// How one property of a type of event is encoded.
struct PropertyPlan {
    /// The field that holds its name.
    let key: [UInt8]
    /// Whether the person agreed to it.
    let isAllowed: Bool
    let kind: PropertyKind?

    func coarse(_ number: Int64) -> Int64 {
        kind.map { Generalisation.coarse(number, $0) } ?? number
    }
}
