// SPDX-License-Identifier: Apache-2.0

extension JSONValue {
    /// The value a JSON text stands for, read strictly by RFC 8259: no comments, no trailing
    /// commas, no byte order mark, no duplicate names.
    public static func parse(
        _ text: String, limits: JSONLimits = .standard
    ) throws(JSONError) -> JSONValue {
        try parse(bytes: Array(text.utf8), limits: limits)
    }

    /// The value that the bytes of a UTF-8 JSON text stand for; strict as `parse(_:limits:)`.
    public static func parse(
        bytes: [UInt8], limits: JSONLimits = .standard
    ) throws(JSONError) -> JSONValue {
        guard bytes.count <= limits.bytesMax else {
            throw JSONError(.tooLarge, in: [], at: 0)
        }
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            throw JSONError(.invalidUTF8, in: bytes, at: error.byteOffsets.lowerBound)
        }
        var parser = JSONParser(bytes: bytes, limits: limits)
        return try parser.document()
    }
}

/// A recursive descent over bytes that are known to be valid UTF-8.
struct JSONParser {
    let bytes: [UInt8]
    let limits: JSONLimits
    var position = 0

    init(bytes: [UInt8], limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    /// The byte at the position, nil at the end.
    var current: UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    func failure(_ code: JSONError.Code, at offset: Int? = nil) -> JSONError {
        JSONError(code, in: bytes, at: offset ?? position)
    }

    /// What to say about a byte that fits nowhere, or about its absence.
    func unexpected() -> JSONError {
        failure(current == nil ? .unexpectedEnd : .unexpectedCharacter)
    }

    mutating func document() throws(JSONError) -> JSONValue {
        skipSpace()
        let value = try value(depth: 0)
        skipSpace()
        guard current == nil else { throw failure(.trailingContent) }
        return value
    }

    mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            position += 1
        }
    }

    /// Steps over the byte if it is next, and says whether it was.
    mutating func skip(_ byte: Unicode.Scalar) -> Bool {
        guard current == UInt8(ascii: byte) else { return false }
        position += 1
        return true
    }

    mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        guard let byte = current else { throw unexpected() }
        return switch byte {
        case UInt8(ascii: "{"): .object(try object(depth: depth + 1))
        case UInt8(ascii: "["): .array(try array(depth: depth + 1))
        case UInt8(ascii: "\""): .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
        case UInt8(ascii: "a")...UInt8(ascii: "z"): try word()
        default: throw unexpected()
        }
    }

    private mutating func word() throws(JSONError) -> JSONValue {
        let start = position
        while let byte = current, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) {
            position += 1
        }
        switch String(decoding: bytes[start..<position], as: UTF8.self) {
        case "null": return .null
        case "true": return .bool(true)
        case "false": return .bool(false)
        default: throw failure(.unknownWord, at: start)
        }
    }
}

// MARK: - Arrays and objects

extension JSONParser {
    /// Steps over an opening bracket and the space behind it.
    private mutating func open(depth: Int) throws(JSONError) {
        guard depth <= limits.depthMax else { throw failure(.tooDeep) }
        position += 1
        skipSpace()
    }

    /// Steps over a comma, or over the closing bracket; says whether more elements follow.
    private mutating func continues(until close: Unicode.Scalar) throws(JSONError) -> Bool {
        skipSpace()
        if skip(close) { return false }
        guard skip(",") else { throw unexpected() }
        skipSpace()
        return true
    }

    private mutating func array(depth: Int) throws(JSONError) -> [JSONValue] {
        try open(depth: depth)
        var elements: [JSONValue] = []
        if skip("]") { return elements }
        repeat {
            elements.append(try value(depth: depth))
        } while try continues(until: "]")
        return elements
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONObject {
        try open(depth: depth)
        var members: [JSONObject.Member] = []
        var names: Set<String> = []
        if skip("}") { return JSONObject() }
        repeat {
            let start = position
            guard current == UInt8(ascii: "\"") else { throw unexpected() }
            let name = try string()
            guard names.insert(name).inserted else { throw failure(.duplicateName, at: start) }
            skipSpace()
            guard skip(":") else { throw unexpected() }
            skipSpace()
            members.append(.init(name: name, value: try value(depth: depth)))
        } while try continues(until: "}")
        return JSONObject(uniqueMembers: members)
    }
}
