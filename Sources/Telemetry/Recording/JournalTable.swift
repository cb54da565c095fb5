// SPDX-License-Identifier: Apache-2.0

import Catalogue
import JSON

/// What the numbers in a journal's records stand for.
///
/// Each journal carries its table, so that whoever adopts it later reads it with the writer's
/// numbers, whatever catalogue the adopter itself has.
struct JournalTable: Sendable, Equatable {
    /// The longest table, in bytes.
    static let bytesMax = 60 << 10

    struct Event: Sendable, Equatable {
        let name: String
        let properties: [Property]
    }

    struct Property: Sendable, Equatable {
        let name: String
        /// The words of a choice; empty for other kinds.
        let words: [String]
    }

    let events: [Event]

    init(_ catalogue: Catalogue) {
        events = catalogue.events.map { event in
            Event(
                name: event.name,
                properties: event.properties.map { property in
                    if case .choice(let words) = property.kind {
                        Property(name: property.name, words: words)
                    } else {
                        Property(name: property.name, words: [])
                    }
                })
        }
    }

    /// The table as bytes: per event an array of its name and its properties, each an array of
    /// its name and its words.
    var serialized: [UInt8] {
        let json = JSONValue.array(
            events.map { event in
                .array(
                    [.string(event.name)]
                        + event.properties.map { property in
                            .array(([property.name] + property.words).map { .string($0) })
                        })
            })
        return Array(json.serialized(.compact).utf8)
    }

    /// Reads a table; nil for anything that `serialized` would not have written.
    init?(_ bytes: [UInt8]) {
        guard let list = (try? JSONValue.parse(bytes: bytes))?.arrayValue else { return nil }
        var events: [Event] = []
        for entry in list {
            guard let parts = entry.arrayValue, let name = parts.first?.stringValue else {
                return nil
            }
            let properties = parts.dropFirst().compactMap { part -> Property? in
                guard let words = part.arrayValue?.compactMap(\.stringValue), !words.isEmpty else {
                    return nil
                }
                return Property(name: words[0], words: Array(words.dropFirst()))
            }
            guard properties.count == parts.count - 1 else { return nil }
            events.append(Event(name: name, properties: properties))
        }
        self.events = events
    }
}
