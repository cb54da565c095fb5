// SPDX-License-Identifier: Apache-2.0

import Modules
import OTLP
import TestKit
import Testing

@Suite struct FlatLogsTests {
    /// What both decoders make of a request.
    private static func lines(_ logs: FlatLogs) -> [String] {
        var lines: [String] = []
        for group in logs.groups {
            lines.append("group")
            lines += logs.resourceAttributes[group.resource].map { line($0, logs) }
            for record in logs.records[group.records] {
                let name = logs.text(record.eventName)
                lines.append("\(record.timeUnixNano) \(record.severityNumber) \(name)")
                lines += logs.attributes[record.attributes].map { line($0, logs) }
            }
        }
        return lines
    }

    private static func line(_ attribute: FlatLogs.Attribute, _ logs: FlatLogs) -> String {
        let value =
            switch attribute.value {
            case .string(let place): "string \(logs.text(place))"
            case .bool(let flag): "bool \(flag)"
            case .int(let number): "int \(number)"
            case .double(let number): "double \(number.bitPattern)"
            case .other: "other"
            }
        return "\(logs.text(attribute.key)) \(value)"
    }

    private static func lines(_ request: ExportLogsRequest) -> [String] {
        var lines: [String] = []
        for group in request.resourceLogs {
            lines.append("group")
            lines += group.resource.attributes.map(line)
            for record in group.scopeLogs.flatMap(\.logRecords) {
                lines.append(
                    "\(record.timeUnixNano) \(record.severityNumber) \(record.eventName)")
                lines += record.attributes.map(line)
            }
        }
        return lines
    }

    private static func line(_ attribute: KeyValue) -> String {
        let value =
            switch attribute.value {
            case .string(let text): "string \(text)"
            case .bool(let flag): "bool \(flag)"
            case .int(let number): "int \(number)"
            case .double(let number): "double \(number.bitPattern)"
            case .array, .kvlist, .bytes, .empty: "other"
            }
        return "\(attribute.key) \(value)"
    }

    @Test func `a whole request reads as the full decoder reads it`() throws {
        let bytes = Fixture.request.encoded()
        #expect(try Self.lines(FlatLogs(bytes)) == Self.lines(ExportLogsRequest(decoding: bytes)))
        #expect(try FlatLogs([]).groups.isEmpty)
    }

    @Test func `whatever the bytes, both decoders agree`() {
        let random = SeededRandom(seed: 21)
        let original = Fixture.request.encoded()
        var (taken, refused) = (0, 0)
        for round in 0..<20_000 {
            var bytes = original
            for _ in 0...random.uniform(below: 3) {
                let place = Int(random.uniform(below: UInt64(bytes.count)))
                bytes[place] = random.bytes(1)[0]
            }
            if round % 4 == 0 {
                bytes.removeLast(Int(random.uniform(below: UInt64(bytes.count))))
            }
            let full = try? ExportLogsRequest(decoding: bytes)
            let flat = try? FlatLogs(bytes)
            #expect((full == nil) == (flat == nil), "\(bytes)")
            if let full, let flat {
                taken += 1
                #expect(Self.lines(flat) == Self.lines(full), "\(bytes)")
            } else {
                refused += 1
            }
        }
        #expect(taken > 1000 && refused > 1000)
    }

    @Test func `the limits hold for tables as for trees`() {
        let bytes = Fixture.request.encoded()
        for limits in [
            OTLPLimits(messageBytesMax: 10), OTLPLimits(groupsMax: 0), OTLPLimits(recordsMax: 0),
            OTLPLimits(attributesMax: 0), OTLPLimits(valuesMax: 1), OTLPLimits(valueDepthMax: 0),
            OTLPLimits(stringBytesMax: 1),
        ] {
            #expect(throws: OTLPError.self) { try FlatLogs(bytes, limits: limits) }
        }
    }
}
