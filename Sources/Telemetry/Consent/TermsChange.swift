// SPDX-License-Identifier: Apache-2.0

public import JSON

/// How terms go further than those of the yes that stands, so that they need one of their own.
public enum TermsChange: Hashable, Sendable, CustomStringConvertible {
    /// Another place: where the yes lets data go, nil for nowhere, and where it would go.
    case origin(agreed: String?, now: String)
    /// Exact times and numbers, where the yes is for coarse ones.
    case exactness
    /// None of the events that may be recorded is one of the yes.
    case events

    /// In words: lower-case, no full stop.
    public var description: String {
        switch self {
        case .origin(nil, let now): "\(now) is configured, and the yes is for recording here only"
        case .origin(let agreed?, let now): "\(now) is configured, and the yes is for \(agreed)"
        case .exactness: "exact times and numbers are configured, and the yes is for coarse ones"
        case .events: "the yes is for none of the events that are configured"
        }
    }

    /// As a JSON object: the member of the terms, and for a single value what it was and is.
    public var json: JSONValue {
        switch self {
        case .origin(let agreed, let now):
            ["term": "origin", "agreed": .optional(agreed), "now": .string(now)]
        case .exactness: ["term": "anonymize_data", "agreed": true, "now": false]
        case .events: ["term": "properties", "agreed": .null, "now": .null]
        }
    }
}

extension ConsentTerms {
    /// How these terms go further than `earlier` ones; empty where those cover them, but for single
    /// properties, which are left out.
    public func changes(since earlier: ConsentTerms) -> [TermsChange] {
        var changes: [TermsChange] = []
        if let origin, origin != earlier.origin {
            changes.append(.origin(agreed: earlier.origin, now: origin))
        }
        if earlier.anonymizeData, !anonymizeData { changes.append(.exactness) }
        if isOther(than: earlier) { changes.append(.events) }
        return changes
    }
}

extension TelemetryControl {
    /// How what is configured goes further than the yes that stands; empty without one.
    public var termsChanges: [TermsChange] { gate.termsChanges }
}

extension GateReader {
    /// How what is configured goes further than the yes that stands; empty without one.
    var termsChanges: [TermsChange] { termsChanges(state) }

    /// The same of a state.
    func termsChanges(_ state: ConsentState) -> [TermsChange] {
        guard state.consent == .given, let agreed = state.record?.terms else { return [] }
        return terms.changes(since: agreed)
    }
}
