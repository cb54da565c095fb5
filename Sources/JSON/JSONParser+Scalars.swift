// SPDX-License-Identifier: Apache-2.0

// MARK: - Strings

extension JSONParser {
    /// The string whose opening quote is at the position.
    mutating func string() throws(JSONError) -> String {
        position += 1
        let start = position
        skipPlainCharacters()
        if current == UInt8(ascii: "\"") {
            defer { position += 1 }
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }
        return try string(continuing: Array(bytes[start..<position]))
    }

    /// The rest of a string that holds at least one escape sequence.
    private mutating func string(continuing text: [UInt8]) throws(JSONError) -> String {
        var text = text
        while true {
            switch current {
            case UInt8(ascii: "\""):
                position += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                position += 1
                text.append(contentsOf: String(try escapedCharacter()).utf8)
            case nil:
                throw failure(.unexpectedEnd)
            default:
                throw failure(.controlCharacter)
            }
            let start = position
            skipPlainCharacters()
            text.append(contentsOf: bytes[start..<position])
        }
    }

    private mutating func skipPlainCharacters() {
        while let byte = current,
            byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\")
        {
            position += 1
        }
    }

    /// The character an escape sequence stands for; the position is behind the backslash.
    private mutating func escapedCharacter() throws(JSONError) -> Unicode.Scalar {
        let start = position - 1
        guard let byte = current else { throw failure(.unexpectedEnd) }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
            return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try escapedScalar(start: start)
        default: throw failure(.malformedEscape, at: start)
        }
    }

    /// The character of one or two `\u` sequences; the position is behind the first `u`.
    private mutating func escapedScalar(start: Int) throws(JSONError) -> Unicode.Scalar {
        let first = try hexUnit(start: start)
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, skip("\\"), skip("u") else {
            throw failure(.loneSurrogate, at: start)
        }
        let second = try hexUnit(start: start)
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
        else {
            throw failure(.loneSurrogate, at: start)
        }
        return scalar
    }

    /// Four hexadecimal digits.
    private mutating func hexUnit(start: Int) throws(JSONError) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current else { throw failure(.unexpectedEnd) }
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw failure(.malformedEscape, at: start)
            }
            unit = unit << 4 | UInt32(digit)
            position += 1
        }
        return unit
    }
}

// MARK: - Numbers

extension JSONParser {
    /// The number at the position (RFC 8259 section 6).
    mutating func number() throws(JSONError) -> JSONValue {
        let start = position
        _ = skip("-")
        if skip("0") {
            guard !isAtDigit else { throw failure(.malformedNumber, at: start) }
        } else {
            try digits(start: start)
        }
        let isWhole = try !skipFraction(start: start)
        guard position - start <= limits.numberBytesMax else {
            throw failure(.numberTooLong, at: start)
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isWhole, let integer = Int64(text) { return .integer(integer) }
        guard let double = Double(text), double.isFinite else {
            throw failure(.numberOutOfRange, at: start)
        }
        return .double(double)
    }

    private var isAtDigit: Bool {
        current.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
    }

    /// Steps over a fraction and an exponent, and says whether there was either.
    private mutating func skipFraction(start: Int) throws(JSONError) -> Bool {
        let end = position
        if skip(".") { try digits(start: start) }
        if skip("e") || skip("E") {
            _ = skip("+") || skip("-")
            try digits(start: start)
        }
        return position != end
    }

    /// Steps over one digit or more.
    private mutating func digits(start: Int) throws(JSONError) {
        guard isAtDigit else {
            throw current == nil
                ? failure(.unexpectedEnd) : failure(.malformedNumber, at: start)
        }
        while isAtDigit { position += 1 }
    }
}
