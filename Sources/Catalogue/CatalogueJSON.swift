// SPDX-License-Identifier: Apache-2.0

public import JSON

extension Catalogue {
    /// The catalogue as one JSON object, the form that `telemetry schema` prints.
    public var json: JSONValue {
        [
            "digest": .string(digest),
            "events": .array(events.map(\.json)),
        ]
    }
}

extension EventDefinition {
    /// The event as a JSON object.
    public var json: JSONValue {
        [
            "id": .integer(Int64(id)),
            "name": .string(name),
            "since": .string(since),
            "purpose": .string(purpose),
            "is_error": .bool(isError),
            "properties": .array(properties.map(\.json)),
        ]
    }
}

extension PropertyDefinition {
    /// The property as a JSON object; `values`, `max` and `unit` only where the kind has them.
    public var json: JSONValue {
        var object: JSONObject = [
            "id": .integer(Int64(id)),
            "name": .string(name),
            "kind": .string(kind.word),
        ]
        switch kind {
        case .choice(let words): object["values"] = .array(words.map { .string($0) })
        case .count(let max): object["max"] = .integer(max)
        case .duration(let unit, let max):
            object["unit"] = .string(unit.rawValue)
            object["max"] = .integer(max)
        case .identifier, .version, .bool: break
        }
        if !aliases.isEmpty { object["aliases"] = .array(aliases.map { .string($0) }) }
        object["since"] = .string(since)
        object["purpose"] = .string(purpose)
        return .object(object)
    }
}
