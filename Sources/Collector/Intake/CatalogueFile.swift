// SPDX-License-Identifier: Apache-2.0

public import Catalogue
internal import JSON
private import Modules

/// A catalogue of a host program, read from the file that it prints its catalogue into.
public struct CatalogueFile: Sendable {
    /// Bytes of such a file.
    public static let bytesMax = 1 << 20
    /// Events of one catalogue.
    public static let eventsMax = 256
    /// Properties of one event.
    public static let propertiesMax = 64
    /// Words of one choice.
    public static let wordsMax = DeclarationRules.wordsMax

    /// Bytes of a service's name, which names files of an export too.
    public static let serviceBytesMax = 64

    /// Whether a service may be called so: 1 to 64 bytes, no control characters, and none of the
    /// marks that reorder what is read.
    public static func isService(_ name: String) -> Bool {
        (1...serviceBytesMax).contains(name.utf8.count)
            && !name.unicodeScalars.contains(where: ShellText.isControl)
    }

    /// Why a file can't be used; lower-case, without a full stop.
    public struct Problem: Error, Sendable, Equatable, CustomStringConvertible {
        /// What is wrong.
        public let description: String
    }

    /// The `service.name` that the file gives; nil where it gives none.
    public let service: String?
    /// Its events.
    public let catalogue: Catalogue

    /// Reads a file's content.
    public init(_ bytes: [UInt8]) throws(Problem) {
        guard let json = try? JSONValue.parse(bytes: bytes, limits: JSONLimits(depthMax: 8)) else {
            throw Problem(description: "it is no JSON text")
        }
        guard let events = json["events"]?.arrayValue, events.count <= Self.eventsMax else {
            throw Problem(description: "it has no list 'events' of at most \(Self.eventsMax)")
        }
        service = json["service"]?.stringValue
        var definitions: [EventDefinition] = []
        for event in events { definitions.append(try Self.event(event)) }
        guard Set(definitions.map(\.name)).count == definitions.count else {
            throw Problem(description: "it has two events of one name")
        }
        catalogue = Catalogue(definitions)
    }

    private static func event(_ json: JSONValue) throws(Problem) -> EventDefinition {
        guard let name = json["name"]?.stringValue, DeclarationRules.isName(name) else {
            throw Problem(description: "an event has no name of small letters, digits and '_'")
        }
        let properties = json["properties"]?.arrayValue ?? []
        guard properties.count <= propertiesMax else {
            throw Problem(description: "'\(name)' has more than \(propertiesMax) properties")
        }
        var definitions: [PropertyDefinition] = []
        for property in properties { definitions.append(try self.property(property, of: name)) }
        guard DeclarationRules.areDistinct(definitions) else {
            throw Problem(description: "'\(name)' has two properties of one name")
        }
        return EventDefinition(
            id: number(json["id"]), name, since: json["since"]?.stringValue ?? "",
            purpose: json["purpose"]?.stringValue ?? "",
            isError: json["is_error"]?.boolValue ?? false, definitions)
    }

    private static func property(
        _ json: JSONValue, of event: String
    ) throws(Problem) -> PropertyDefinition {
        guard let name = json["name"]?.stringValue, DeclarationRules.isName(name) else {
            throw Problem(description: "a property of '\(event)' has no proper name")
        }
        guard let kind = kind(json) else {
            throw Problem(description: "the kind of '\(event).\(name)' is not known here")
        }
        let aliases = (json["aliases"]?.arrayValue ?? []).compactMap(\.stringValue)
            .filter(DeclarationRules.isName)
        return PropertyDefinition(
            id: number(json["id"]), name, kind, aliases: aliases,
            since: json["since"]?.stringValue ?? "", purpose: json["purpose"]?.stringValue ?? "")
    }

    private static func kind(_ json: JSONValue) -> PropertyKind? {
        let max = json["max"]?.integerValue.flatMap { $0 < 0 ? nil : $0 }
        switch json["kind"]?.stringValue {
        case "choice":
            let words = json["values"]?.arrayValue?.compactMap(\.stringValue) ?? []
            // The declaration adds `other` where it lacks.
            let all = words.contains(PropertyKind.other) ? words : words + [PropertyKind.other]
            return !words.isEmpty && DeclarationRules.isSound(.choice(all)) ? .choice(words) : nil
        case "identifier": return .identifier
        case "version": return .version
        case "bool": return .bool
        case "count": return max.map { .count(max: $0) }
        case "duration":
            let unit = json["unit"]?.stringValue.flatMap(DurationUnit.init(rawValue:))
            guard let max, let unit else { return nil }
            return .duration(unit, max: max)
        default: return nil
        }
    }

    private static func number(_ json: JSONValue?) -> Int {
        Int(exactly: json?.integerValue ?? 0) ?? 0
    }
}
