// SPDX-License-Identifier: Apache-2.0

/// Why a text is not the JSON that was asked for, and where.
public struct JSONError: Error, Sendable, Equatable {
    /// The kind of fault; the raw value is its wording for people.
    public enum Code: String, Sendable {
        /// The text stops inside a value.
        case unexpectedEnd = "the text ends too early"
        /// A character that no rule allows here.
        case unexpectedCharacter = "unexpected character"
        /// Something other than white space follows the value.
        case trailingContent = "content after the end of the value"
        /// A word other than `null`, `true`, `false`.
        case unknownWord = "unknown word"
        /// A leading zero, a missing digit or another breach of RFC 8259 section 6.
        case malformedNumber = "malformed number"
        /// A number too large for a double.
        case numberOutOfRange = "number out of range"
        /// A number of more bytes than `JSONLimits.numberBytesMax`.
        case numberTooLong = "number with too many digits"
        /// A backslash with something RFC 8259 section 7 does not list.
        case malformedEscape = "malformed escape sequence"
        /// Half of a surrogate pair without its other half.
        case loneSurrogate = "escape sequence of half a character"
        /// A control character inside a string that is not escaped.
        case controlCharacter = "control character inside a string"
        /// Bytes that are not UTF-8.
        case invalidUTF8 = "invalid UTF-8"
        /// The same name twice in one object.
        case duplicateName = "name used twice in one object"
        /// More bytes than `JSONLimits.bytesMax`.
        case tooLarge = "text too large"
        /// Deeper nesting than `JSONLimits.depthMax`.
        case tooDeep = "nesting too deep"
    }

    /// The kind of fault.
    public let code: Code
    /// The line of the fault, counted from 1.
    public let line: Int
    /// The character in that line, counted in Unicode scalars from 1.
    public let column: Int

    /// A fault at a place.
    public init(code: Code, line: Int, column: Int) {
        self.code = code
        self.line = line
        self.column = column
    }
}

extension JSONError: CustomStringConvertible {
    /// The fault in one line, lower-case, without a full stop.
    public var description: String {
        "\(code.rawValue) at line \(line), column \(column)"
    }
}

extension JSONError {
    /// The fault at a byte of the text; costs one walk over the bytes before it.
    init(_ code: Code, in bytes: [UInt8], at offset: Int) {
        var line = 1
        var column = 1
        for byte in bytes.prefix(offset) {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        self.init(code: code, line: line, column: column)
    }
}
