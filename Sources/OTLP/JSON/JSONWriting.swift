// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// A message that can be written in OTLP's JSON mapping: names in lowerCamelCase, 64-bit numbers
/// as text, nothing for a field in its default state.
protocol JSONWritable {
    func json() -> JSONValue
}

extension JSONObject {
    mutating func setUnlessEmpty(_ name: String, _ value: String) {
        if !value.isEmpty { self[name] = .string(value) }
    }

    /// A number of 32 bits or fewer.
    mutating func setUnlessZero(_ name: String, _ value: some FixedWidthInteger) {
        if value != 0 { self[name] = .integer(Int64(value)) }
    }

    /// A number of 64 bits, as text.
    mutating func setTextUnlessZero(_ name: String, _ value: some FixedWidthInteger) {
        if value != 0 { self[name] = .string(String(value)) }
    }

    mutating func setUnlessEmpty(_ name: String, _ values: [some JSONWritable]) {
        if !values.isEmpty { self[name] = .array(values.map { $0.json() }) }
    }
}
