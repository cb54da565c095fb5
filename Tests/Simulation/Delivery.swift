// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Compression
import HTTPServing
import Hashing
import OTLP
import Telemetry
import TelemetryUpload

/// What one request with records holds, as anybody on its way could read it.
struct Delivery {
    let uid: String
    let installation: String
    let url: String
    let sha256: String
    /// The hash of the erasure secret that it announces.
    let secretHash: String?
    let records: [LogRecord]
    /// Its body, not compressed.
    private let bytes: [UInt8]

    /// Whether a text stands anywhere in it.
    func holds(_ text: String) -> Bool { SimulatedDisk.holds(bytes, text) }

    /// Whether its events were made coarse, so that they can't be told apart: then each shows only
    /// its day.
    var isCoarse: Bool {
        records.allSatisfy { $0.timeUnixNano % 86_400_000_000_000 == 0 }
    }

    /// What tells its sender from all others.
    var tellingValues: [String] {
        [uid] + (secretHash.map { [$0] } ?? [])
            + records.compactMap { $0.attributes.value(for: "log.record.uid")?.stringValue }
    }

    init?(_ request: UploadRequest) {
        let named = request.headers.first { $0.name == "Content-Encoding" }?.value ?? "none"
        guard let coding = ContentCoding(rawValue: named),
            let bytes = try? decompress(request.body, as: coding, outputBytesMax: 64 << 20),
            let decoded = try? ExportLogsRequest(decoding: bytes),
            let group = decoded.resourceLogs.first, decoded.resourceLogs.count == 1
        else { return nil }
        self.bytes = bytes
        let resource = group.resource.attributes
        records = group.scopeLogs.flatMap(\.logRecords)
        let first = records.first?.attributes.value(for: "log.record.uid")?.stringValue ?? ""
        uid = String(first.prefix { $0 != "-" })
        installation = resource.value(for: "app.installation.id")?.stringValue ?? ""
        secretHash = resource.value(for: "telemetry.erasure_key_sha256")?.stringValue
        url = request.url.description
        sha256 = Hex.encode(SHA256.hash(request.body))
    }

    /// The numbers of the numbered events in it, if they were not made coarse.
    var numbers: [Int] {
        if isCoarse { return [] }
        return records.compactMap { record in
            guard record.eventName == Ground.tick.definition.name else { return nil }
            return record.attributes.value(for: "number")?.intValue.map { Int($0) }
        }
    }
}

extension HTTPRequest {
    /// What of a request arrives at a server.
    init(_ request: UploadRequest) {
        let fields = request.headers.map { HTTPHeaders.Field(name: $0.name, value: $0.value) }
        self.init(
            HTTPMethod(request.method), request.url.path, headers: HTTPHeaders(fields),
            body: request.body)
    }
}

extension UploadResponse {
    /// What of a server's answer comes back.
    init(_ response: HTTPResponse) {
        self.init(
            status: response.status.code,
            headers: response.headers.fields.map { UploadHeader($0.name, $0.value) },
            body: response.body)
    }
}
