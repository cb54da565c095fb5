// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import JSON
import Modules

/// An OTLP request for people: every attribute of the resource, then a line per event.
///
/// Only the observed time is left out, which is the same as the time.
struct RequestText {
    private let groups: [JSONValue]

    /// How many events of each type a request holds, in the order of their first one.
    static func counts(_ json: JSONValue?) -> [(type: String, count: Int64)] {
        var counts: [(type: String, count: Int64)] = []
        let groups = json?["resourceLogs"]?.arrayValue ?? []
        for scope in groups.flatMap({ $0["scopeLogs"]?.arrayValue ?? [] }) {
            for record in scope["logRecords"]?.arrayValue ?? [] {
                let type = record["eventName"]?.stringValue ?? ""
                if let place = counts.firstIndex(where: { $0.type == type }) {
                    counts[place].count += 1
                } else {
                    counts.append((type, 1))
                }
            }
        }
        return counts
    }

    init(_ json: JSONValue) { groups = json["resourceLogs"]?.arrayValue ?? [] }

    var blocks: [Report.Block] { groups.flatMap(blocks(ofGroup:)) }

    private func blocks(ofGroup group: JSONValue) -> [Report.Block] {
        let resource = attributes(group["resource"]).map { (name: $0, value: StyledText($1)) }
        let scopes = group["scopeLogs"]?.arrayValue ?? []
        return [.table(Table(pairs: resource)), .blank] + scopes.flatMap(blocks(ofScope:)) + [
            .blank
        ]
    }

    private func blocks(ofScope scope: JSONValue) -> [Report.Block] {
        let name = scope["scope"]?["name"]?.stringValue ?? ""
        let version = scope["scope"]?["version"]?.stringValue ?? ""
        var table = Table([
            .init("NO", .trailing), .init("TIME"), .init("SEVERITY"), .init("EVENT"),
            .init("ATTRIBUTES"),
        ])
        for (index, record) in (scope["logRecords"]?.arrayValue ?? []).enumerated() {
            let values = attributes(record).map { "\($0.name)=\($0.value)" }
            table.append([
                "\(index + 1)", StyledText(time(record["timeUnixNano"])),
                StyledText(record["severityNumber"]?.serialized(.compact) ?? ""),
                StyledText(record["eventName"]?.stringValue ?? ""),
                StyledText(values.joined(separator: " ")),
            ])
        }
        return [.line(StyledText("scope \(name) \(version)")), .table(table)]
    }

    private func time(_ value: JSONValue?) -> String {
        let nanoseconds = value?.stringValue.flatMap { Int64($0) }
        return nanoseconds.map { Timestamp(nanoseconds: $0).rfc3339 } ?? ""
    }

    /// Names and values of the attributes of a resource or a record.
    private func attributes(_ holder: JSONValue?) -> [(name: String, value: String)] {
        (holder?["attributes"]?.arrayValue ?? []).map { attribute in
            let value = attribute["value"]?.objectValue?.members.first?.value
            return (
                attribute["key"]?.stringValue ?? "",
                value?.stringValue ?? value?.serialized(.compact) ?? ""
            )
        }
    }
}
