// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@Suite struct ParsingTests {
    @Test(
        arguments: [
            ("null", .null), (" true ", true), ("false", false), ("0", 0), ("-0", 0), ("-12", -12),
            ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
            ("9223372036854775808", 9_223_372_036_854_775_808.0), ("1.5", 1.5), ("1e2", 100.0),
            ("-2.5E-1", -0.25), ("1e+2", 100.0), ("1e-999", 0.0), ("\"\"", ""), ("\"a\"", "a"),
            ("\"\u{e9}\u{1F600}\"", "\u{e9}\u{1F600}"), ("[]", []), ("{}", [:]),
            ("[1,[2,\t{\"a\":\r\n null}]]", [1, [2, ["a": nil]]]),
        ] as [(String, JSONValue)])
    func `a well-formed text gives its value`(text: String, value: JSONValue) throws {
        #expect(try JSONValue.parse(text) == value)
    }

    @Test(arguments: [
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0041b\u00E9""#, "Ab\u{e9}"),
        (#""\uD83D\uDE00x""#, "\u{1F600}x"), (#""\ud834\udd1e""#, "\u{1D11E}"),
        (#""\u0000""#, "\0"), (#""\uFFFF""#, "\u{FFFF}"),
    ])
    func `an escape sequence gives its character`(text: String, value: String) throws {
        #expect(try JSONValue.parse(text) == .string(value))
    }

    @Test(
        arguments: [
            ("", .unexpectedEnd), ("[", .unexpectedEnd), ("[1", .unexpectedEnd),
            ("[1,", .unexpectedEnd), ("{\"a\"", .unexpectedEnd), ("\"a", .unexpectedEnd),
            ("\"\\", .unexpectedEnd), ("\"\\u00", .unexpectedEnd), ("-", .unexpectedEnd),
            ("1.", .unexpectedEnd), ("1e", .unexpectedEnd), ("]", .unexpectedCharacter),
            ("[1,]", .unexpectedCharacter), ("{\"a\":1,}", .unexpectedCharacter),
            ("{a:1}", .unexpectedCharacter), ("{\"a\" 1}", .unexpectedCharacter),
            ("[1 2]", .unexpectedCharacter), ("'a'", .unexpectedCharacter),
            ("+1", .unexpectedCharacter), (".5", .unexpectedCharacter),
            ("\u{FEFF}1", .unexpectedCharacter), ("// a\n1", .unexpectedCharacter),
            ("NaN", .unexpectedCharacter), ("\u{A0}1", .unexpectedCharacter),
            ("nul", .unknownWord), ("nulls", .unknownWord), ("undefined", .unknownWord),
            ("1 2", .trailingContent), ("{}x", .trailingContent), ("1a", .trailingContent),
            ("01", .malformedNumber), ("-01", .malformedNumber), ("-x", .malformedNumber),
            ("1.x", .malformedNumber), ("1e+x", .malformedNumber), ("1e999", .numberOutOfRange),
            ("-1e999", .numberOutOfRange), ("\"\\x\"", .malformedEscape),
            ("\"\\u12g4\"", .malformedEscape), ("\"\\u+123\"", .malformedEscape),
            ("\"\\uD83D\"", .loneSurrogate), ("\"\\uD83Dx\"", .loneSurrogate),
            ("\"\\uDE00\"", .loneSurrogate), ("\"\\uD83D\\uD83D\"", .loneSurrogate),
            ("\"\\uD83D\\n\"", .loneSurrogate), ("\"a\nb\"", .controlCharacter),
            ("\"\0\"", .controlCharacter), ("\"\\n\u{1F}\"", .controlCharacter),
            ("{\"a\":1,\"a\":2}", .duplicateName), ("{\"a\":1,\"\\u0061\":2}", .duplicateName),
            ("{\"\u{e9}\":1,\"e\u{301}\":2}", .duplicateName),
        ] as [(String, JSONError.Code)])
    func `a malformed text is an error`(text: String, code: JSONError.Code) throws {
        let error = #expect(throws: JSONError.self) { try JSONValue.parse(text) }
        #expect(error?.code == code)
    }

    @Test(
        arguments: [
            [0x22, 0x80, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xC0, 0x80, 0x22],
            [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xF5, 0x80, 0x80, 0x80, 0x22], [0x20, 0xFF],
        ] as [[UInt8]])
    func `invalid UTF-8 is an error`(bytes: [UInt8]) throws {
        let error = #expect(throws: JSONError.self) { try JSONValue.parse(bytes: bytes) }
        #expect(error == JSONError(code: .invalidUTF8, line: 1, column: 2))
    }

    @Test func `an error names its line and column`() {
        let error = #expect(throws: JSONError.self) {
            try JSONValue.parse("{\n  \"\u{e9}\": 1,\n  \"\u{e9}\u{e9}\": nope\n}")
        }
        #expect(error == JSONError(code: .unknownWord, line: 3, column: 9))
        #expect(error?.description == "unknown word at line 3, column 9")
    }
}

@Suite struct ParsingLimitTests {
    @Test(arguments: ["[", "{\"a\":"])
    func `nesting beyond the limit is an error`(opening: String) {
        let limits = JSONLimits(depthMax: 3)
        let deepest = opening == "[" ? "[[[]]]" : "{\"a\":{\"a\":{}}}"
        #expect(throws: Never.self) { try JSONValue.parse(deepest, limits: limits) }
        let error = #expect(throws: JSONError.self) {
            try JSONValue.parse(String(repeating: opening, count: 4), limits: limits)
        }
        #expect(error?.code == .tooDeep)
    }

    @Test func `a hundred thousand brackets do not exhaust the stack`() {
        let error = #expect(throws: JSONError.self) {
            try JSONValue.parse(
                String(repeating: "[", count: 100_000), limits: JSONLimits(depthMax: .max))
        }
        #expect(error == JSONError(code: .tooDeep, line: 1, column: 513))
    }

    @Test func `a text beyond the limit is an error before it is read`() {
        let limits = JSONLimits(bytesMax: 4)
        #expect(throws: Never.self) { try JSONValue.parse("true", limits: limits) }
        let error = #expect(throws: JSONError.self) {
            try JSONValue.parse("?????", limits: limits)
        }
        #expect(error?.code == .tooLarge)
    }

    @Test func `a number beyond the limit is an error`() {
        let limits = JSONLimits(numberBytesMax: 4)
        #expect(throws: Never.self) { try JSONValue.parse("-1.5", limits: limits) }
        let error = #expect(throws: JSONError.self) { try JSONValue.parse("12345", limits: limits) }
        #expect(error?.code == .numberTooLong)
    }
}
