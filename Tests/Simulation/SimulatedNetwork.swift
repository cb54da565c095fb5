// SPDX-License-Identifier: Apache-2.0

import Compression
import Hashing
import HTTPServing
import OTLP
import Synchronization
import Telemetry
import TelemetryUpload

/// What the way to the collector is like.
package enum Weather: String, CaseIterable, Sendable {
    case fine, refused, requestLost, replyLost, overloaded, failing, garbage
}

/// What one request with records holds, as anybody on its way could read it.
struct Delivery {
    let uid: String
    let installation: String
    let url: String
    let sha256: String
    let records: [LogRecord]

    /// Whether its events were made coarse, so that they can't be told apart: then each shows only
    /// its day.
    var isCoarse: Bool {
        records.allSatisfy { $0.timeUnixNano % 86_400_000_000_000 == 0 }
    }

    init?(_ request: UploadRequest) {
        let named = request.headers.first { $0.name == "Content-Encoding" }?.value ?? "none"
        guard let coding = ContentCoding(rawValue: named),
            let bytes = try? decompress(request.body, as: coding, outputBytesMax: 64 << 20),
            let decoded = try? ExportLogsRequest(decoding: bytes),
            let group = decoded.resourceLogs.first, decoded.resourceLogs.count == 1
        else { return nil }
        records = group.scopeLogs.flatMap(\.logRecords)
        let first = records.first?.attributes.value(for: "log.record.uid")?.stringValue ?? ""
        uid = String(first.prefix { $0 != "-" })
        installation =
            group.resource.attributes.value(for: "app.installation.id")?.stringValue ?? ""
        url = request.url.description
        sha256 = Hex.encode(SHA256.hash(request.body))
    }
}

/// The way to the collector. Requests go straight to its handler, or are lost as the weather says.
final class SimulatedNetwork: UploadTransport {
    private let handler: @Sendable (HTTPRequest) -> HTTPResponse
    private let weather: @Sendable () -> Weather
    private let watch: @Sendable (UploadRequest) -> Void
    private let note: @Sendable (UploadRequest, HTTPResponse) -> Void

    /// - Parameters:
    ///   - watch: sees every request before anything else happens to it.
    ///   - note: sees what the collector made of a request that reached it.
    init(
        weather: @escaping @Sendable () -> Weather,
        watch: @escaping @Sendable (UploadRequest) -> Void,
        note: @escaping @Sendable (UploadRequest, HTTPResponse) -> Void,
        handler: @escaping @Sendable (HTTPRequest) -> HTTPResponse
    ) {
        self.handler = handler
        self.weather = weather
        self.watch = watch
        self.note = note
    }

    func perform(_ request: UploadRequest) -> TransferOutcome {
        watch(request)
        switch weather() {
        case .fine: return .answered(answer(request))
        case .refused: return .failed(TransferFailure(.connect, "connection refused"))
        case .requestLost: return .failed(TransferFailure(.timeout, "no answer in time"))
        case .replyLost:
            _ = answer(request)
            return .failed(TransferFailure(.closed, "the connection ended"))
        case .overloaded:
            return .answered(
                UploadResponse(status: 503, headers: [UploadHeader("Retry-After", "120")]))
        case .failing: return .answered(UploadResponse(status: 500))
        case .garbage: return .failed(TransferFailure(.malformed, "what came was not HTTP"))
        }
    }

    private func answer(_ request: UploadRequest) -> UploadResponse {
        let fields = request.headers.map { HTTPHeaders.Field(name: $0.name, value: $0.value) }
        let arrived = HTTPRequest(
            HTTPMethod(request.method), request.url.path, headers: HTTPHeaders(fields),
            body: request.body)
        let response = handler(arrived)
        note(request, response)
        return UploadResponse(
            status: response.status.code,
            headers: response.headers.fields.map { UploadHeader($0.name, $0.value) },
            body: response.body)
    }
}
