// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import JSON
import Program
import Telemetry

/// What `preview` prints.
struct PreviewView {
    let preview: Preview
    let product: Product

    func print(to invocation: Invocation) throws(CommandFailure) -> ExitStatus {
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
            invocation.output.raw(form(json, invocation.output.format))
        case .sealed(let batch, let headers):
            if isRaw {
                invocation.output.raw(bytes: batch.body)
            } else {
                try render(batch, headers, to: invocation)
            }
        }
        return .success
    }

    private func form(_ json: JSONValue, _ format: OutputFormat) -> String {
        json.serialized(format == .json ? .compact : .pretty) + "\n"
    }

    private func render(
        _ batch: SealedBatch, _ headers: [(name: String, value: String)], to invocation: Invocation
    ) throws(CommandFailure) {
        guard let json = batch.json, let endpoint = Endpoint(batch.url) else {
            throw CommandFailure(
                "the sealed batch can't be read", hint: "arpguard telemetry delete-data --confirm")
        }
        let digest = "SHA-256 of the body: \(batch.sha256)"
        if invocation.output.format == .json {
            invocation.output.raw(form(json, .json))
            invocation.diagnostics.notice(digest)
            return
        }
        let state = batch.state == .held ? "held for review" : "\(batch.state.rawValue)"
        let lines =
            [
                "# \(batch.events) events, batch \(batch.uid), \(state)", "# to \(batch.url)",
                "POST \(endpoint.path) HTTP/1.1",
            ] + headers.map { "\($0.name): \($0.value)" } + [
                "", "# the body, decoded (\(batch.body.count) bytes as sent)",
            ]
        invocation.output.raw(lines.map { $0 + "\n" }.joined() + form(json, .table))
        invocation.output.raw(
            "# \(digest)\n# the network adds: your address, the time, and the server's name\n")
    }
}
