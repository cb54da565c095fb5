// SPDX-License-Identifier: Apache-2.0

public import Catalogue

/// The page of the documentation that lists what can be recorded, printed from a catalogue.
public struct EventsPage: Sendable {
    private let catalogue: Catalogue

    /// A page about a catalogue.
    public init(_ catalogue: Catalogue) { self.catalogue = catalogue }

    /// The page in Markdown.
    public var text: String {
        heading + catalogue.events.map(section).joined() + ending
    }

    private var heading: String {
        """
        # What telemetry can record

        Printed by `Scripts/reference` from the catalogue; a test keeps it so. Nothing is recorded
        before you agree, and nothing that is not on this page is recorded at all: there is no
        property for text that anyone typed. In a list every other word becomes `other`; a number
        beyond its bound becomes the bound.

        """
    }

    private func section(_ event: EventDefinition) -> String {
        let rows = event.properties.map { property in
            "| `\(property.name)` | \(property.kind.meaning) | \(property.purpose) | "
                + "\(property.since) |\n"
        }
        return """

            ## `\(event.name)`

            \(event.purpose). Number \(event.id), since \(event.since)\
            \(event.isError ? ", sent with severity ERROR" : "").

            | property | holds | for | since |
            |---|---|---|---|
            \(rows.joined())
            """
    }

    /// How many different things can be said; see `Distinctness`.
    private var ending: String {
        let counts = catalogue.events.map { ($0.name, Distinctness.records(of: $0)) }
        let rows = counts.map { "| `\($0.0)` | \($0.1.map(String.init) ?? "no bound") |\n" }
        let bounded = counts.compactMap(\.1)
        let sum = bounded.count == counts.count ? String(bounded.reduce(0, +)) : "no bound"
        return """

            ## How many different things can be said

            With `anonymize_data`, the default, a record has the day for its time, counts and
            seconds are cut to powers of two, and milliseconds are rounded up to a dozen steps. The
            fewer records are possible, the more people send the same one. Without it a record has
            its time to the second, and each number as it was recorded.

            | event | different records on a day |
            |---|---|
            \(rows.joined())| all | \(sum) |

            Beside its events a batch tells the program's version, the digest of this catalogue, the
            installation identifier, and the hash of the secret with which its erasure is asked for:
            both are random, and change together. It also tells what was lost, or dropped in
            review, and not told yet, each reason as a power of two: \(Distinctness.batches)
            combinations, of which almost every batch sends the one without losses.

            Digest of this catalogue: `\(catalogue.digest)`

            """
    }
}

extension PropertyKind {
    /// What the kind admits, in Markdown.
    fileprivate var meaning: String {
        switch self {
        case .choice(let words): words.map { "`\($0)`" }.joined(separator: ", ")
        case .identifier: "a name of a type, guarded"
        case .count(let max): "a number from 0 to \(max)"
        case .duration(let unit, let max): "\(unit.rawValue) from 0 to \(max)"
        case .version: "a version"
        case .bool: "yes or no"
        }
    }
}
