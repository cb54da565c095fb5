// SPDX-License-Identifier: Apache-2.0

import Compression
import JSON
import Modules
import OTLP
import Telemetry

/// A parser that reads what others wrote.
enum FuzzTarget: String, CaseIterable {
    case frame, capture, otlpProtobuf, otlpJSON, inflate, configuration, journal, intake
    case answer, decision

    /// Feeds it bytes. Anything but a return is a fault; so is a value that does not come back the
    /// same from its own encoding.
    func feed(_ bytes: [UInt8]) {
        switch self {
        case .frame: FrameFuzz.feed(bytes)
        case .capture: CaptureFuzz.feed(bytes)
        case .otlpProtobuf: Self.protobuf(bytes)
        case .otlpJSON: Self.json(bytes)
        case .inflate: Self.inflate(bytes)
        case .configuration: Self.configuration(bytes)
        case .journal: JournalFuzz.feed(bytes)
        case .intake: IntakeFuzz.feed(bytes)
        case .answer: AnswerFuzz.feed(bytes)
        case .decision: DecisionFuzz.feed(bytes)
        }
    }

    private static func protobuf(_ bytes: [UInt8]) {
        guard let request = try? ExportLogsRequest(decoding: bytes) else { return }
        precondition(comesBack(request), "an encoding that does not come back")
    }

    private static func json(_ bytes: [UInt8]) {
        guard let value = try? JSONValue.parse(bytes: bytes),
            let request = try? ExportLogsRequest(json: value)
        else { return }
        precondition(comesBack(request), "both encodings say the same")
    }

    /// Compared as bytes: a number that is none is not equal to itself.
    private static func comesBack(_ request: ExportLogsRequest) -> Bool {
        let encoded = request.encoded()
        return (try? ExportLogsRequest(decoding: encoded))?.encoded() == encoded
    }

    /// The first byte chooses the coding; however much the rest claims, the limit holds.
    private static func inflate(_ bytes: [UInt8]) {
        guard let first = bytes.first else { return }
        let coding = ContentCoding.allCases[Int(first) % ContentCoding.allCases.count]
        let limit = 1 << 16
        guard
            let plain = try? decompress(Array(bytes.dropFirst()), as: coding, outputBytesMax: limit)
        else { return }
        precondition(plain.count <= limit, "more than was allowed")
    }

    private static func configuration(_ bytes: [UInt8]) {
        guard let value = try? JSONValue.parse(bytes: bytes) else { return }
        let again = try? JSONValue.parse(value.serialized(.pretty))
        precondition(again == value, "a text that does not come back")
        guard let object = value.objectValue else { return }
        let schema = TelemetryModuleConfig.schema(eventTypes: ["app_start"])
        _ = schema.problems(in: object)
    }
}
