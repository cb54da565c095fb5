// SPDX-License-Identifier: Apache-2.0

public import JSON
internal import Modules

extension CounterGroup {
    /// The name of the group's table in JSON.
    public var tableName: String {
        switch self {
        case .event: "events"
        case .version: "versions"
        case .feature: "features"
        case .run: "detection_runs"
        case .alert: "alerts"
        case .error: "errors"
        case .property: "properties"
        case .loss: "losses"
        }
    }

    /// The name of the group's table for people.
    public var title: String {
        switch self {
        case .event: "Events"
        case .version: "Versions"
        case .feature: "Features"
        case .run: "Detection runs"
        case .alert: "Alerts"
        case .error: "Errors"
        case .property: "Other events"
        case .loss: "Records lost by clients"
        }
    }
}

extension Insight {
    /// The insight as one JSON object; what is not told is null or left out.
    public var json: JSONValue {
        var object: JSONObject = [
            "service": .string(service),
            "services": .array(services.map { .string($0) }),
            "from": .string(days.lowerBound.description),
            "to": .string(days.upperBound.description),
            "k": .integer(Int64(k)),
            "active_installations": .count(activeInstallations),
            "days": .array(
                daily.map {
                    [
                        "day": .string($0.day.description),
                        "installations": .integer(Int64($0.installations)),
                        "folded": .bool($0.isFolded),
                    ]
                }),
        ]
        for table in tables { object[table.group.tableName] = table.json }
        object["left_out"] = .object(
            JSONObject(
                tally.counts.sorted { $0.key < $1.key }.map {
                    ($0.key.rawValue, .integer(Int64($0.value)))
                }))
        return .object(object)
    }
}

extension InsightTable {
    /// The table as one JSON object.
    public var json: JSONValue {
        [
            "rows": .array(rows.map(\.json)),
            "further_rows": .integer(Int64(furtherRows)),
        ]
    }
}

extension InsightRow {
    /// The row as one JSON object: its labels by name, then its figures.
    public var json: JSONValue {
        var object = JSONObject(
            zip(counter.group.labelNames, counter.labels).map { ($0, .string($1)) })
        object["installations"] = .integer(Int64(installations))
        if let count {
            object["count"] = .integer(Int64(count))
            object["count_at_least"] = .bool(isAtLeast)
        }
        if let durations { object["duration_ms"] = durations.json }
        object["days"] = .array(daily.map { $0.json })
        return .object(object)
    }
}

extension InsightRow.Daily {
    fileprivate var json: JSONValue {
        var object: JSONObject = [
            "day": .string(day.description), "installations": .integer(Int64(installations)),
        ]
        if let count {
            object["count"] = .integer(Int64(count))
            object["count_at_least"] = .bool(isAtLeast)
        }
        if let durations { object["duration_ms"] = durations.json }
        return .object(object)
    }
}

extension DurationQuantiles {
    fileprivate var json: JSONValue {
        ["p50": .count(p50), "p90": .count(p90), "p99": .count(p99)]
    }
}

extension JSONValue {
    fileprivate static func count(_ number: Int?) -> JSONValue {
        number.map { .integer(Int64($0)) } ?? .null
    }
}
