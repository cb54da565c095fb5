// SPDX-License-Identifier: Apache-2.0

import OTLP

/// One request in which every field of OTLP logs occurs, and the bytes that the official Python
/// classes (opentelemetry-proto 1.45.2, protobuf 7.36.2) wrote for it.
enum Fixture {
    static let event: LogRecord = {
        var record = LogRecord()
        record.timeUnixNano = 1_544_712_660_300_000_000
        record.observedTimeUnixNano = 1_544_712_660_300_000_001
        record.severityNumber = 9
        record.severityText = "I\u{e9}"
        record.body = .kvlist([
            KeyValue(key: "n", value: .array([.int(-1), .empty, .double(1.5)]))
        ])
        record.attributes = [
            KeyValue(key: "b", value: .bytes([0x00, 0xFF])),
            KeyValue(key: "i", value: .int(300)),
            KeyValue(key: "t", value: .bool(true)),
            KeyValue(key: "e", value: .string("")),
            KeyValue(key: "l", value: .array([])),
        ]
        record.droppedAttributesCount = 2
        record.flags = 1
        record.traceID = Array(0..<16)
        record.spanID = Array(0..<8)
        record.eventName = "arpguard.alert"
        return record
    }()

    static let request: ExportLogsRequest = {
        var error = LogRecord()
        error.severityNumber = 17
        let scope = InstrumentationScope(
            name: "s", version: "1", attributes: [KeyValue(key: "k", value: .bool(false))],
            droppedAttributesCount: 1)
        let service = KeyValue(key: "service.name", value: .string("arpguard"))
        return ExportLogsRequest(resourceLogs: [
            ResourceLogs(
                resource: Resource(attributes: [service], droppedAttributesCount: 300),
                scopeLogs: [
                    ScopeLogs(scope: scope, logRecords: [event, error], schemaURL: "u2")
                ],
                schemaURL: "u1")
        ])
    }()

    static let bytes = hex(
        """
        0a e901                                     # resource_logs, 233 bytes
          0a 1f                                     # resource
            0a 1a                                   # attributes
              0a 0c 736572766963652e6e616d65        # key "service.name"
              12 0a 0a 08 6172706775617264          # value, string "arpguard"
            10 ac02                                 # dropped_attributes_count 300
          12 c101                                   # scope_logs, 193 bytes
            0a 11                                   # scope
              0a 01 73                              # name "s"
              12 01 31                              # version "1"
              1a 07 0a 01 6b 12 02 10 00            # attributes: "k", bool false
              20 01                                 # dropped_attributes_count 1
            12 a301                                 # log_records, 163 bytes
              09 00eb3af5faeb6f15                   # time_unix_nano
              10 09                                 # severity_number 9
              1a 03 49c3a9                          # severity_text
              2a 25                                 # body
                32 23 0a 21                         # kvlist of one
                  0a 01 6e                          # key "n"
                  12 1c 2a 1a                       # array of three
                    0a 0b 18 ffffffffffffffffff01   # int -1
                    0a 00                           # nothing
                    0a 09 21 000000000000f83f       # double 1.5
              32 09 0a 01 62 12 04 3a 02 00ff       # "b", bytes
              32 08 0a 01 69 12 03 18 ac02          # "i", int 300
              32 07 0a 01 74 12 02 10 01            # "t", bool true
              32 07 0a 01 65 12 02 0a 00            # "e", string ""
              32 07 0a 01 6c 12 02 2a 00            # "l", array of none
              38 02                                 # dropped_attributes_count 2
              45 01000000                           # flags 1
              4a 10 000102030405060708090a0b0c0d0e0f  # trace_id
              52 08 0001020304050607                # span_id
              59 01eb3af5faeb6f15                   # observed_time_unix_nano
              62 0e 61727067756172642e616c657274    # event_name "arpguard.alert"
            12 02 10 11                             # log_records: severity_number 17
            1a 02 7532                              # schema_url "u2"
          1a 02 7531                                # schema_url "u1"
        """)
}

/// The bytes of hexadecimal digits; blanks and everything from `#` to the end of a line are
/// labels.
func hex(_ text: String) -> [UInt8] {
    let digits: [Int] = text.split(separator: "\n").flatMap { line in
        line.prefix { $0 != "#" }.compactMap(\.hexDigitValue)
    }
    return stride(from: 0, to: digits.count, by: 2).map { (place: Int) in
        UInt8(digits[place] << 4 | digits[place + 1])
    }
}

/// A small generator with a seed (Steele, Lea and Flood, 2014).
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
