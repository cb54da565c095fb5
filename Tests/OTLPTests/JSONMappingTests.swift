// SPDX-License-Identifier: Apache-2.0

import JSON
import OTLP
import Testing

@Suite struct JSONMappingTests {
    /// The fixture as the OTLP specification words it: 64-bit numbers as text, identifiers in
    /// hex, other bytes in base 64, enumerations as numbers.
    private static let text = """
        {"resourceLogs":[{
          "resource":{
            "attributes":[{"key":"service.name","value":{"stringValue":"arpguard"}}],
            "droppedAttributesCount":300},
          "scopeLogs":[{
            "scope":{"name":"s","version":"1",
              "attributes":[{"key":"k","value":{"boolValue":false}}],"droppedAttributesCount":1},
            "logRecords":[{
              "timeUnixNano":"1544712660300000000","observedTimeUnixNano":"1544712660300000001",
              "severityNumber":9,"severityText":"I\u{e9}","eventName":"arpguard.alert",
              "body":{"kvlistValue":{"values":[{"key":"n","value":{"arrayValue":{"values":[
                {"intValue":"-1"},{},{"doubleValue":1.5}]}}}]}},
              "attributes":[
                {"key":"b","value":{"bytesValue":"AP8="}},{"key":"i","value":{"intValue":"300"}},
                {"key":"t","value":{"boolValue":true}},{"key":"e","value":{"stringValue":""}},
                {"key":"l","value":{"arrayValue":{}}}],
              "droppedAttributesCount":2,"flags":1,
              "traceId":"000102030405060708090a0b0c0d0e0f","spanId":"0001020304050607"},
              {"severityNumber":17}],
            "schemaUrl":"u2"}],
          "schemaUrl":"u1"}]}
        """

    private func record(_ text: String) throws -> LogRecord {
        let json = try JSONValue.parse(
            #"{"resourceLogs":[{"scopeLogs":[{"logRecords":[\#(text)]}]}]}"#)
        return try ExportLogsRequest(json: json).resourceLogs[0].scopeLogs[0].logRecords[0]
    }

    private func body(_ text: String) throws -> AnyValue? {
        try record(#"{"body":\#(text)}"#).body
    }

    @Test func `a request goes both ways`() throws {
        let json = try JSONValue.parse(Self.text)
        #expect(Fixture.request.json() == json)
        #expect(try ExportLogsRequest(json: json) == Fixture.request)
        #expect(ExportLogsRequest().json().serialized() == "{}")
        #expect(try ExportLogsRequest(json: [:]) == ExportLogsRequest())
    }

    @Test func `both encodings carry the same request`() throws {
        let json = try ExportLogsRequest(decoding: Fixture.bytes).json().serialized()
        #expect(try ExportLogsRequest(json: JSONValue.parse(json)).encoded() == Fixture.bytes)
    }

    @Test func `members keep a fixed order`() {
        let text = Fixture.request.resourceLogs[0].scopeLogs[0].logRecords[1]
        #expect(
            ExportLogsRequest(resourceLogs: [
                ResourceLogs(scopeLogs: [ScopeLogs(logRecords: [text], schemaURL: "u")])
            ]).json().serialized()
                == #"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"severityNumber":17}],"#
                + #""schemaUrl":"u"}]}]}"#)
    }

    @Test(
        arguments: [
            (#"{"intValue":"-9223372036854775808"}"#, .int(.min)), (#"{"intValue":10}"#, .int(10)),
            (#"{"intValue":1e3}"#, .int(1_000)), (#"{"doubleValue":"NaN"}"#, .double(.nan)),
            (#"{"doubleValue":"-Infinity"}"#, .double(-.infinity)),
            (#"{"doubleValue":2}"#, .double(2)),
            (#"{"doubleValue":"Infinity"}"#, .double(.infinity)),
            (#"{"doubleValue":"2.5"}"#, .double(2.5)), (#"{"bytesValue":"_w"}"#, .bytes([0xFF])),
            (#"{"stringValue":null,"boolValue":true}"#, .bool(true)), (#"{"other":1}"#, .empty),
            (#"{"kvlistValue":{}}"#, .kvlist([])), (#"{"arrayValue":{"values":null}}"#, .array([])),
        ] as [(String, AnyValue)])
    func `a value reads in every allowed form`(text: String, value: AnyValue) throws {
        let read = try body(text)
        #expect(read?.description == value.description)
    }

    @Test(arguments: [.nan, .infinity, -.infinity, 0.1, -0.0] as [Double])
    func `a floating-point number survives as text`(value: Double) throws {
        var record = LogRecord()
        record.body = .double(value)
        let request = ExportLogsRequest(resourceLogs: [
            ResourceLogs(scopeLogs: [ScopeLogs(logRecords: [record])])
        ])
        let json = try JSONValue.parse(request.json().serialized())
        #expect(try ExportLogsRequest(json: json).encoded() == request.encoded())
    }

    @Test func `identifiers read in either case and times as numbers`() throws {
        let record = try record(
            """
            {"traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"",
             "timeUnixNano":1544712660300000000,"observedTimeUnixNano":"18446744073709551615",
             "flags":"7","unknown":[{"deep":1}],"severityText":null}
            """)
        #expect(record.traceID.count == 16)
        #expect(record.traceID.first == 0x5B)
        #expect(record.spanID == [])
        #expect(record.timeUnixNano == 1_544_712_660_300_000_000)
        #expect(record.observedTimeUnixNano == .max)
        #expect(record.flags == 7)
    }

    @Test(arguments: [
        (#""timeUnixNano":-1"#, "timeUnixNano"), (#""timeUnixNano":"1.5""#, "timeUnixNano"),
        (#""timeUnixNano":"+1""#, "timeUnixNano"), (#""timeUnixNano":true"#, "timeUnixNano"),
        (#""flags":4294967296"#, "flags"), (#""severityNumber":"INFO""#, "severityNumber"),
        (#""severityNumber":1.5"#, "severityNumber"), (#""severityText":1"#, "severityText"),
        (#""traceId":"00""#, "traceId"), (#""spanId":"zz02030405060708""#, "spanId"),
        (#""body":"text""#, "body"), (#""body":{"boolValue":"true"}"#, "body.boolValue"),
        (#""body":{"intValue":1.5}"#, "body.intValue"),
        (#""body":{"bytesValue":"?"}"#, "body.bytesValue"),
        (#""body":{"doubleValue":"fast"}"#, "body.doubleValue"),
        (#""body":{"stringValue":"a","intValue":1}"#, "body.intValue"),
        (
            #""body":{"arrayValue":{"values":[{},{"intValue":[]}]}}"#,
            "body.arrayValue.values[1].intValue"
        ),
        (#""attributes":{}"#, "attributes"), (#""attributes":[1]"#, "attributes[0]"),
        (#""attributes":[{"key":"a","value":1}]"#, "attributes[0].value"),
    ])
    func `a value of the wrong kind is an error at its path`(text: String, path: String) {
        let error = #expect(throws: OTLPError.self) { try record("{\(text)}") }
        guard case .unexpectedJSON(_, let found) = error else {
            Issue.record("unexpected \(String(describing: error))")
            return
        }
        #expect(found == "resourceLogs[0].scopeLogs[0].logRecords[0]." + path)
    }

    @Test func `an error reads as a sentence`() {
        let error = #expect(throws: OTLPError.self) { try ExportLogsRequest(json: [1]) }
        #expect(error?.description == "expected an object")
        let inner = #expect(throws: OTLPError.self) {
            try ExportLogsRequest(json: ["resourceLogs": true])
        }
        #expect(inner?.description == "expected an array at resourceLogs")
        #expect(
            OTLPError.limitExceeded(.records, limit: 5).description == "more than 5 log records")
        #expect(
            OTLPError.malformed(.truncated, byte: 7).description
                == "message ends inside a field at byte 7")
    }

    /// The deepest value the standard limits allow must fit into a standard JSON text.
    @Test func `standard limits of OTLP fit into those of JSON`() throws {
        var value = AnyValue.int(1)
        for _ in 0..<OTLPLimits.standard.valueDepthMax {
            value = .kvlist([KeyValue(key: "k", value: value)])
        }
        var request = Fixture.request
        request.resourceLogs[0].scopeLogs[0].scope.attributes[0].value = value
        let text = request.json().serialized()
        #expect(try ExportLogsRequest(json: JSONValue.parse(text)) == request)
        #expect(OTLPLimits.standard.messageBytesMax <= JSONLimits.standard.bytesMax)
    }

    @Test(arguments: [
        (ExportLogsResponse(), "{}"),
        (
            ExportLogsResponse(rejectedLogRecords: 5, errorMessage: "no"),
            #"{"partialSuccess":{"rejectedLogRecords":"5","errorMessage":"no"}}"#
        ),
    ])
    func `an answer goes both ways`(response: ExportLogsResponse, text: String) throws {
        #expect(response.json().serialized() == text)
        #expect(try ExportLogsResponse(json: JSONValue.parse(text)) == response)
    }

    @Test func `a status goes both ways`() throws {
        let status = RPCStatus(code: 3, message: "bad")
        #expect(status.json().serialized() == #"{"code":3,"message":"bad"}"#)
        #expect(try RPCStatus(json: status.json()) == status)
        #expect(try RPCStatus(json: ["message": "x", "details": [[:]]]) == RPCStatus(message: "x"))
    }
}

extension AnyValue {
    /// A text in which NaN equals NaN.
    fileprivate var description: String { String(describing: self) }
}
