// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import JSON
import Modules
import Program
import Telemetry

/// What `preview` prints.
struct PreviewView {
    let preview: Preview

    func show(_ invocation: Invocation) throws(CommandFailure) -> ExitStatus {
        let isRaw = invocation.command.isOn(.raw)
        switch preview {
        case .empty:
            invocation.diagnostics.notice("nothing waits to be uploaded")
        case .sample(let json, let causes):
            let words = causes.map(\.rawValue).joined(separator: ", ")
            invocation.diagnostics.notice(
                "nothing would leave (\(words)); this is a sample of invented events")
            if isRaw {
                throw CommandFailure("there are no sealed bytes to print", hint: "leave out --raw")
            }
            invocation.output.render(report([], json, []))
        case .sealed(let batch, _) where isRaw:
            invocation.output.raw(bytes: batch.body)
        case .sealed(let batch, let headers):
            try show(batch, headers, invocation)
        }
        return .success
    }

    private func show(
        _ batch: SealedBatch, _ headers: [(name: String, value: String)], _ invocation: Invocation
    ) throws(CommandFailure) {
        guard let json = batch.json, let endpoint = Endpoint(batch.url) else {
            throw CommandFailure(
                "the sealed batch can't be read", hint: "arpguard telemetry delete-data --confirm")
        }
        let digest = "SHA-256 of the body: \(batch.sha256)"
        if invocation.output.format == .json { invocation.diagnostics.notice(digest) }
        let state = batch.state == .held ? "held for review" : batch.state.rawValue
        let head =
            ["# \(batch.events) events, batch \(batch.uid), \(state)"]
            + ["POST \(endpoint.path) HTTP/1.1"] + headers.map { "\($0.name): \($0.value)" }
            + ["", "# the body, decoded (--format json prints it as OTLP JSON)"]
        let tail = ["# \(digest)", "# the network adds: your address, the time, the server's name"]
        invocation.output.render(report(head, json, tail))
    }

    private func report(_ head: [String], _ json: JSONValue, _ tail: [String]) -> Report {
        let body = RequestText(json).blocks
        return Report(
            text: head.map(line) + body + tail.map(line), json: .lines([json]))
    }

    private func line(_ text: String) -> Report.Block {
        text.isEmpty ? .blank : .line(StyledText(text))
    }
}

/// An OTLP request for people: every attribute of the resource, then a line per event.
///
/// Only the observed time is left out, which is the same as the time.
private struct RequestText {
    private let groups: [JSONValue]

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
            .init("TIME"), .init("SEVERITY"), .init("EVENT"), .init("ATTRIBUTES"),
        ])
        for record in scope["logRecords"]?.arrayValue ?? [] {
            let values = attributes(record).map { "\($0.name)=\($0.value)" }
            table.append([
                StyledText(time(record["timeUnixNano"])),
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
