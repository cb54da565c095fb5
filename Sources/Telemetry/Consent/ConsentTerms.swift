// SPDX-License-Identifier: Apache-2.0

package import Catalogue
private import Hashing
public import JSON

/// What a person agrees to: which properties, to where, and how coarse.
public struct ConsentTerms: Sendable, Equatable {
    /// `event` and `event.property` for everything that may be recorded, sorted.
    public let properties: [String]
    /// For each property of the list what it may hold: its words, its bound.
    public let kinds: [String: String]
    /// The digest of the catalogue, with its lists and bounds.
    public let catalogueDigest: String
    /// Scheme, host and port of the endpoint; nil means "recorded here only".
    public let origin: String?
    /// Whether time, counts and durations are made coarse before sending.
    public let anonymizeData: Bool

    package init(
        properties: [String], kinds: [String: String] = [:], catalogueDigest: String,
        origin: String?, anonymizeData: Bool
    ) {
        self.properties = properties
        self.kinds = kinds
        self.catalogueDigest = catalogueDigest
        self.origin = origin
        self.anonymizeData = anonymizeData
    }

    package init(catalogue: Catalogue, config: TelemetryModuleConfig) {
        let allowed = config.allowedEventTypes.map { Set($0) }
        let properties = catalogue.terms.filter { term in
            allowed?.contains(String(term.prefix { $0 != "." })) ?? true
        }
        self.init(
            properties: properties,
            kinds: catalogue.kindsByTerm.filter { properties.contains($0.key) },
            catalogueDigest: catalogue.digest,
            origin: config.uploadEndpoint?.origin,
            anonymizeData: config.anonymizeData)
    }

    /// What a no covers.
    static let nothing = ConsentTerms(
        properties: [], catalogueDigest: "", origin: nil, anonymizeData: true)

    /// The SHA-256 of the terms, in hexadecimal digits: what `--terms` compares.
    public var digest: String {
        Hex.encode(SHA256.hash(Array(json.serialized(.compact).utf8)))
    }

    /// What these terms allow to record and `earlier` ones did not: new properties, and those with
    /// more words or a higher bound.
    public func added(to earlier: ConsentTerms) -> [String] {
        let known = Set(earlier.properties)
        return properties.filter { !known.contains($0) || widens($0, earlier) }
    }

    /// Whether a property may hold more than it might under `earlier` terms.
    private func widens(_ property: String, _ earlier: ConsentTerms) -> Bool {
        guard let kind = kinds[property], catalogueDigest != earlier.catalogueDigest else {
            return false
        }
        return !PropertyKind.isCovered(kind, by: earlier.kinds[property] ?? "")
    }

    /// Whether nothing of what these terms cover was covered by `earlier` ones.
    func isOther(than earlier: ConsentTerms) -> Bool {
        !properties.isEmpty && Set(properties).isDisjoint(with: earlier.properties)
    }

    /// The terms as a JSON object.
    public var json: JSONValue {
        [
            "properties": .array(properties.map { .string($0) }),
            "kinds": .object(
                JSONObject(kinds.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
            "catalogue_digest": .string(catalogueDigest),
            "origin": .optional(origin),
            "anonymize_data": .bool(anonymizeData),
        ]
    }

    init?(json: JSONValue) {
        guard let object = json.objectValue,
            let properties = object["properties"]?.arrayValue,
            let digest = object["catalogue_digest"]?.stringValue,
            let anonymize = object["anonymize_data"]?.boolValue, let origin = object["origin"],
            origin == .null || origin.stringValue != nil
        else { return nil }
        let names = properties.compactMap(\.stringValue)
        let kinds = (object["kinds"]?.objectValue?.members ?? []).compactMap { member in
            member.value.stringValue.map { (member.name, $0) }
        }
        guard names.count == properties.count else { return nil }
        self.init(
            properties: names, kinds: Dictionary(kinds) { $1 }, catalogueDigest: digest,
            origin: origin.stringValue,
            anonymizeData: anonymize)
    }
}
