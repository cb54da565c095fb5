// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import JSON
import Program
import Telemetry

/// The whole request of a sealed batch, for people and for programs.
struct BatchView {
    private let batch: SealedBatch
    private let body: JSONValue
    private let endpoint: Endpoint
    private let proxy: String?
    private let isBlocked: Bool

    /// Throws if the batch was damaged.
    ///
    /// - Parameters:
    ///   - proxy: the proxy that is configured; only https goes through it.
    ///   - isBlocked: whether it can't leave now, which the JSON form of the request says too.
    init(
        _ batch: SealedBatch, proxy: String?, isBlocked: Bool = false
    ) throws(CommandFailure) {
        guard let body = batch.json, let endpoint = Endpoint(batch.url) else {
            throw CommandFailure(
                "the sealed batch can't be read", hint: "arpguard telemetry delete-data --confirm")
        }
        self.batch = batch
        self.body = body
        self.endpoint = endpoint
        self.isBlocked = isBlocked
        self.proxy = endpoint.scheme == "https" ? proxy : nil
    }

    private var headers: [(name: String, value: String)] {
        batch.headers(userAgent: Program.product.userAgent)
    }

    /// Where it goes.
    var destination: String { "to \(batch.url)" + (proxy.map { " through \($0)" } ?? "") }

    /// The request line and every header, as they leave.
    var requestLines: [String] {
        ["POST \(endpoint.path) HTTP/1.1"] + headers.map { "\($0.name): \($0.value)" }
    }

    var digest: String { "SHA-256 of the body: \(batch.sha256)" }

    /// The request; its JSON form is the body alone, as one OTLP object.
    var report: Report {
        let head =
            ["# \(batch.events.of("event")), batch \(batch.uid), \(batch.state.words)"]
            + ["# \(destination)"] + requestLines + [
                "", "# the body, decoded (--format json prints it as OTLP JSON)",
            ]
        let tail = ["# \(digest)", "# the network adds: your address, the time, the server's name"]
        return Report(
            text: head.map(line) + RequestText(body).blocks + tail.map(line),
            json: .lines([isBlocked ? marked : body]))
    }

    private var marked: JSONValue {
        guard var object = body.objectValue else { return body }
        object["sealed"] = true
        return .object(object)
    }

    /// Everything as one object.
    var json: JSONValue {
        let list = headers.map { header -> JSONValue in
            ["name": .string(header.name), "value": .string(header.value)]
        }
        return [
            "batch": .string(batch.uid), "state": .string(batch.state.rawValue),
            "events": .integer(batch.events), "method": "POST", "url": .string(batch.url),
            "proxy": proxy.map { .string($0) } ?? .null, "headers": .array(list),
            "body_bytes": .integer(Int64(batch.body.count)), "sha256": .string(batch.sha256),
            "body": body,
        ]
    }

    private func line(_ text: String) -> Report.Block {
        text.isEmpty ? .blank : .line(StyledText(text))
    }
}

extension SealedBatch.State {
    /// The state for people.
    var words: String { self == .held ? "held for review" : rawValue }
}
