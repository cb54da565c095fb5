// SPDX-License-Identifier: Apache-2.0

package import Catalogue
package import JSON
package import Modules

/// What the stored events of some days amount to: how often what happened, and how long it took.
package struct Usage: Sendable, Equatable {
    /// How long something took, over all its events.
    package struct Durations: Sendable, Equatable {
        /// What the numbers count.
        package let unit: DurationUnit
        /// Half took no longer; within an eighth of the true value.
        package let median: Int64
        /// Nine of ten took no longer; within an eighth of the true value.
        package let ninetieth: Int64
    }

    /// Events of a type that agree in their words.
    package struct Row: Sendable, Equatable {
        /// Their words, in the order of the group's names; `-` where an event had none.
        package let labels: [String]
        /// How many there are.
        package let count: Int64
        /// How long they took; nil where events of the type tell no duration.
        package let durations: Durations?
    }

    /// All events of a type.
    package struct Group: Sendable, Equatable {
        /// The event's declaration.
        package let event: EventDefinition
        /// The properties whose words tell the rows apart.
        package let labelNames: [String]
        /// The most frequent first.
        package let rows: [Row]

        /// How many events there are.
        package var total: Int64 { rows.reduce(0) { $0 + $1.count } }
    }

    /// A day and how many events it has.
    package struct DayCount: Sendable, Equatable {
        /// The day, in UTC.
        package let day: Day
        /// How many events.
        package let events: Int64
    }

    /// The days asked for.
    package let span: ClosedRange<Day>
    /// One group for each event type of which any is stored, in the catalogue's order.
    package let groups: [Group]
    /// Every day of the span, the earliest first.
    package let days: [DayCount]

    /// How many events these days have.
    package var total: Int64 { days.reduce(0) { $0 + $1.events } }

    /// The group of a type; nil if no event of it is stored.
    package func group(_ event: String) -> Group? { groups.first { $0.event.name == event } }

    /// The same as one JSON object.
    package var json: JSONObject {
        [
            "from": .string(span.lowerBound.description),
            "to": .string(span.upperBound.description), "events": .integer(total),
            "days": .array(
                days.filter { $0.events > 0 }.map {
                    ["day": .string($0.day.description), "events": .integer($0.events)]
                }),
            "types": .object(JSONObject(groups.map { ($0.event.name, $0.json) })),
        ]
    }
}

extension Usage.Group {
    fileprivate var json: JSONValue {
        [
            "events": .integer(total),
            "rows": .array(
                rows.map { row in
                    var object = JSONObject(zip(labelNames, row.labels).map { ($0, .string($1)) })
                    object["events"] = .integer(row.count)
                    if let durations = row.durations {
                        object["median_\(durations.unit.suffix)"] = .integer(durations.median)
                        object["p90_\(durations.unit.suffix)"] = .integer(durations.ninetieth)
                    }
                    return .object(object)
                }),
        ]
    }
}

extension DurationUnit {
    /// The unit as it ends a property's name, and as people write it.
    package var suffix: String {
        switch self {
        case .milliseconds: "ms"
        case .seconds: "s"
        }
    }
}
