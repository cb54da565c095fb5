// SPDX-License-Identifier: Apache-2.0

import OTLP
import Testing

@Suite struct HostileProtobufTests {
    @Test(
        arguments: [
            ("0a", .truncated, 1), ("0a 05 00", .truncated, 2), ("0a 01", .truncated, 2),
            ("80", .truncated, 1), ("0a ffffffffffffffffff01", .truncated, 11),
            ("79 0102", .truncated, 1), ("7d 0102", .truncated, 1),
            // The inner length reaches past the outer message, though not past the bytes.
            ("0a 02 12 05 1a 03 616161", .truncated, 4),
            ("78 ffffffffffffffffffff01", .overlongVarint, 1),
            ("78 ffffffffffffffffff02", .overlongVarint, 1),
            ("08 01", .wrongWireType, 1), ("09 0102030405060708", .wrongWireType, 1),
            ("0d 01020304", .wrongWireType, 1), ("0b", .wrongWireType, 0),
            ("0c", .wrongWireType, 0),
            ("0e", .wrongWireType, 0), ("0f", .wrongWireType, 0), ("00", .invalidFieldNumber, 0),
            ("8080808010 00", .invalidFieldNumber, 0),
            ("0a 04 1a 02 c328", .invalidUTF8, 4), ("0a 05 1a 03 eda080", .invalidUTF8, 4),
            ("0a 08 12 06 12 04 4a 02 0000", .wrongIdentifierLength, 8),
            ("0a 08 12 06 12 04 52 02 0000", .wrongIdentifierLength, 8),
            ("0a 06 12 04 12 02 08 01", .wrongWireType, 7),
        ] as [(String, OTLPError.Fault, Int)])
    func `malformed bytes are an error at their place`(
        text: String, fault: OTLPError.Fault, byte: Int
    ) {
        #expect(throws: OTLPError.malformed(fault, byte: byte)) {
            try ExportLogsRequest(decoding: hex(text))
        }
    }

    @Test func `every shortened request is an error or a shorter request`() throws {
        for count in 1..<Fixture.bytes.count {
            #expect(throws: OTLPError.self) {
                try ExportLogsRequest(decoding: Array(Fixture.bytes.prefix(count)))
            }
        }
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `thousands of mutated requests give a request or an error`(seed: UInt64) throws {
        var generator = SplitMix64(state: seed)
        var accepted = 0
        for _ in 0..<2_500 {
            let bytes = mutated(Fixture.bytes, using: &generator)
            guard let request = try? ExportLogsRequest(decoding: bytes) else { continue }
            accepted += 1
            // What was accepted can be written and read again; NaN is unlike itself, so the
            // bytes are compared.
            let again = request.encoded()
            #expect(try ExportLogsRequest(decoding: again).encoded() == again)
        }
        // Both outcomes occur, else the mutations prove nothing.
        #expect(accepted > 100 && accepted < 2_400)
    }

    @Test func `random bytes give a request or an error`() {
        var generator = SplitMix64(state: 99)
        for _ in 0..<5_000 {
            let count = Int.random(in: 0...64, using: &generator)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            _ = try? ExportLogsRequest(decoding: bytes)
            _ = try? ExportLogsResponse(decoding: bytes)
            _ = try? RPCStatus(decoding: bytes)
        }
    }

    /// One to four changes: a byte, a bit, a cut, a doubled piece or an inserted byte.
    private func mutated(
        _ bytes: [UInt8], using generator: inout SplitMix64
    ) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
            let index = Int.random(in: bytes.indices, using: &generator)
            switch Int.random(in: 0..<8, using: &generator) {
            case 0: bytes.removeSubrange(index...)
            case 1: bytes.insert(.random(in: 0...255, using: &generator), at: index)
            case 2: bytes.insert(contentsOf: bytes[index...].prefix(9), at: index)
            case 3: bytes.remove(at: index)
            case 4: bytes[index] = .random(in: 0...255, using: &generator)
            default: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            }
        }
        return bytes
    }
}

@Suite struct ProtobufLimitTests {
    private func request(_ records: [LogRecord]) -> ExportLogsRequest {
        ExportLogsRequest(resourceLogs: [ResourceLogs(scopeLogs: [ScopeLogs(logRecords: records)])])
    }

    private func expectLimit(
        _ request: ExportLogsRequest, _ kind: OTLPError.Limit, _ limit: Int,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ change: (inout OTLPLimits, Int) -> Void
    ) {
        var limits = OTLPLimits.standard
        change(&limits, limit)
        #expect(throws: OTLPError.limitExceeded(kind, limit: limit), sourceLocation: sourceLocation)
        {
            try ExportLogsRequest(decoding: request.encoded(), limits: limits)
        }
        change(&limits, limit + 1)
        #expect(throws: Never.self, sourceLocation: sourceLocation) {
            try ExportLogsRequest(decoding: request.encoded(), limits: limits)
        }
        #expect(throws: Never.self, sourceLocation: sourceLocation) {
            try ExportLogsRequest(json: request.json(), limits: limits)
        }
        guard kind != .messageBytes else { return }
        change(&limits, limit)
        #expect(throws: OTLPError.limitExceeded(kind, limit: limit), sourceLocation: sourceLocation)
        {
            try ExportLogsRequest(json: request.json(), limits: limits)
        }
    }

    @Test func `each limit holds exactly, in both encodings`() {
        var record = LogRecord()
        record.attributes = (0..<5).map { KeyValue(key: "k\($0)", value: .bool(true)) }
        record.body = .array([.array([.kvlist([KeyValue(key: "k", value: .int(1))])])])
        record.severityText = "12345678"
        let request = request([record, record, record])
        expectLimit(request, .messageBytes, request.encoded().count - 1) {
            $0.messageBytesMax = $1
        }
        expectLimit(request, .groups, 1) { $0.groupsMax = $1 }
        expectLimit(request, .records, 2) { $0.recordsMax = $1 }
        expectLimit(request, .attributes, 4) { $0.attributesMax = $1 }
        expectLimit(request, .values, 23) { $0.valuesMax = $1 }
        expectLimit(request, .valueDepth, 2) { $0.valueDepthMax = $1 }
        expectLimit(request, .stringBytes, 7) { $0.stringBytesMax = $1 }
    }

    @Test func `byte strings count as texts do`() {
        var record = LogRecord()
        record.body = .bytes([1, 2, 3, 4])
        expectLimit(request([record]), .stringBytes, 3) { $0.stringBytesMax = $1 }
    }

    @Test func `nesting without end does not exhaust the stack`() {
        var value: [UInt8] = []
        var body = AnyValue.empty
        for _ in 0..<200 {
            body = .array([body])
        }
        var record = LogRecord()
        record.body = body
        value = request([record]).encoded()
        #expect(throws: OTLPError.limitExceeded(.valueDepth, limit: 100)) {
            try ExportLogsRequest(decoding: value, limits: OTLPLimits(valueDepthMax: .max))
        }
    }

    @Test func `a list in two hundred thousand pieces is joined in one walk`() throws {
        let piece: [UInt8] = [0x2A, 2, 0x0A, 0]
        let value = Array(repeatElement(piece, count: 200_000).joined())
        let resource = delimited(0x0A, delimited(0x0A, delimited(0x12, value)))
        let request = try ExportLogsRequest(decoding: delimited(0x0A, resource))
        let list = AnyValue.array(Array(repeating: .empty, count: 200_000))
        #expect(request.resourceLogs[0].resource.attributes == [KeyValue(key: "", value: list)])
    }

    /// One field with its length in three bytes, which are more than it needs.
    private func delimited(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let count = content.count
        return [
            tag, UInt8(count & 0x7F) | 0x80, UInt8(count >> 7 & 0x7F) | 0x80, UInt8(count >> 14),
        ] + content
    }
}
