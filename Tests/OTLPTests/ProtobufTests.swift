// SPDX-License-Identifier: Apache-2.0

import OTLP
import Testing

@Suite struct ProtobufTests {
    @Test func `a request has the bytes of the official classes`() {
        #expect(Fixture.bytes.count == 236)
        #expect(Fixture.request.encoded() == Fixture.bytes)
    }

    @Test func `the bytes of the official classes give the request`() throws {
        let request = try ExportLogsRequest(decoding: Fixture.bytes)
        #expect(request == Fixture.request)
        #expect(request.recordCount == 2)
        #expect(
            request.resourceLogs.first?.resource.attributes.value(for: "service.name")?.stringValue
                == "arpguard")
    }

    @Test func `an empty request has no bytes`() throws {
        #expect(ExportLogsRequest().encoded() == [])
        #expect(try ExportLogsRequest(decoding: []) == ExportLogsRequest())
        let group = ExportLogsRequest(resourceLogs: [ResourceLogs(scopeLogs: [ScopeLogs()])])
        #expect(group.encoded() == hex("0a 02 12 00"))
    }

    /// Lengths around the points where the length itself needs one byte more.
    @Test(arguments: [0, 1, 100, 118, 119, 120, 127, 128, 16_370, 16_383, 16_384, 60_000])
    func `a text of any length survives`(count: Int) throws {
        var request = Fixture.request
        request.resourceLogs[0].scopeLogs[0].logRecords[1].body =
            .string(String(repeating: "x", count: count))
        #expect(try ExportLogsRequest(decoding: request.encoded()) == request)
    }

    @Test(arguments: [.min, -1, 0, 1, 127, 128, .max] as [Int64])
    func `any integer survives`(value: Int64) throws {
        var request = Fixture.request
        request.resourceLogs[0].resource.attributes[0].value = .int(value)
        request.resourceLogs[0].scopeLogs[0].logRecords[0].severityNumber = Int32(
            truncatingIfNeeded: value)
        #expect(try ExportLogsRequest(decoding: request.encoded()) == request)
    }

    @Test func `unknown fields are skipped wherever they stand`() throws {
        // Fields 15 and 16 in each wire type, and the entity references of a resource.
        let unknown = hex("78 ff01 79 0102030405060708 7d 01020304 7a 02 ffff 8201 00")
        let record = hex("10 09") + unknown
        let scope = hex("12") + [UInt8(record.count)] + record + unknown
        let resource = hex("1a 02 0a 00") + unknown
        let group =
            hex("0a") + [UInt8(resource.count)] + resource
            + hex("12") + [UInt8(scope.count)] + scope + unknown
        let request = try ExportLogsRequest(
            decoding: hex("0a") + [UInt8(group.count)] + group + unknown)
        var expected = LogRecord()
        expected.severityNumber = 9
        #expect(
            request
                == ExportLogsRequest(resourceLogs: [
                    ResourceLogs(scopeLogs: [ScopeLogs(logRecords: [expected])])
                ]))
    }

    @Test func `a repeated singular field merges as protobuf asks`() throws {
        // Two resources with one attribute each; the second schema wins.
        let bytes = hex(
            """
            0a 18
              0a 05 0a 03 0a 01 61
              1a 01 78
              0a 07 0a 03 0a 01 62 10 07
              1a 03 797979
            """)
        let group = try #require(try ExportLogsRequest(decoding: bytes).resourceLogs.first)
        #expect(group.resource.attributes.map(\.key) == ["a", "b"])
        #expect(group.resource.droppedAttributesCount == 7)
        #expect(group.schemaURL == "yyy")
    }

    @Test func `of several kinds in one value the last counts and lists are joined`() throws {
        func body(_ text: String) throws -> AnyValue? {
            let value = hex(text)
            let record = [0x2A, UInt8(value.count)] + value
            let scope = [0x12, UInt8(record.count)] + record
            let group = [0x12, UInt8(scope.count)] + scope
            let request = try ExportLogsRequest(decoding: [0x0A, UInt8(group.count)] + group)
            return request.resourceLogs[0].scopeLogs[0].logRecords[0].body
        }
        #expect(try body("0a 01 61 10 01") == .bool(true))
        #expect(try body("2a 04 0a 02 10 01 2a 04 0a 02 18 05") == .array([.bool(true), .int(5)]))
        #expect(try body("2a 00 0a 00") == .string(""))
        #expect(try body("") == .empty)
    }

    @Test(
        arguments: [
            // A zero byte behind the number does not change it: long, but not too long.
            ("10 8900", 9), ("10 89808080808080808000", 9),
            // A negative number has ten bytes.
            ("10 ffffffffffffffffff01", -1),
        ] as [(String, Int32)])
    func `a number may be longer than needed`(field: String, number: Int32) throws {
        let record = hex(field)
        let bytes =
            [0x0A, UInt8(record.count + 4), 0x12, UInt8(record.count + 2), 0x12]
            + [UInt8(record.count)] + record
        let request = try ExportLogsRequest(decoding: bytes)
        #expect(request.resourceLogs[0].scopeLogs[0].logRecords[0].severityNumber == number)
    }
}

@Suite struct ResponseTests {
    @Test(arguments: [
        (ExportLogsResponse(), ""),
        (ExportLogsResponse(rejectedLogRecords: 5, errorMessage: "no"), "0a 06 08 05 12 02 6e6f"),
        (ExportLogsResponse(rejectedLogRecords: -1), "0a 0b 08 ffffffffffffffffff01"),
        (ExportLogsResponse(errorMessage: "slow"), "0a 06 12 04 736c6f77"),
    ])
    func `an answer has the bytes of the official classes`(
        response: ExportLogsResponse, bytes: String
    ) throws {
        #expect(response.encoded() == hex(bytes))
        #expect(try ExportLogsResponse(decoding: hex(bytes)) == response)
    }

    @Test(arguments: [
        (RPCStatus(code: 3, message: "bad"), "08 03 12 03 626164"),
        (RPCStatus(code: -1, message: ""), "08 ffffffffffffffffff01"),
        (RPCStatus(message: "bad"), "12 03 626164"),
    ])
    func `a status has the bytes of the official classes`(status: RPCStatus, bytes: String) throws {
        #expect(status.encoded() == hex(bytes))
        // Details follow and are skipped.
        #expect(try RPCStatus(decoding: hex(bytes + "1a 03 0a 01 78")) == status)
    }
}
