// SPDX-License-Identifier: Apache-2.0

/// How a value is laid out as text.
public enum JSONStyle: Sendable {
    /// No white space at all.
    case compact
    /// One member or element per line, indented by two spaces a level; no newline at the end.
    case pretty
}

extension JSONValue {
    /// The JSON text of this value.
    ///
    /// The same value always gives the same text. Control characters (C0, DEL and C1) and the
    /// line separators U+2028 and U+2029 are escaped, so the text is safe to print on a terminal
    /// and to embed in a script. A `double` that is not finite has no JSON form and is written as
    /// `null`.
    public func serialized(_ style: JSONStyle = .compact) -> String {
        String(decoding: serializedBytes(style), as: UTF8.self)
    }

    /// The UTF-8 bytes of `serialized(_:)`.
    public func serializedBytes(_ style: JSONStyle = .compact) -> [UInt8] {
        var serializer = JSONSerializer(style: style)
        serializer.append(self)
        return serializer.bytes
    }
}

/// Collects the bytes of one text.
private struct JSONSerializer {
    let style: JSONStyle
    var bytes: [UInt8] = []
    private var depth = 0

    init(style: JSONStyle) {
        self.style = style
    }

    mutating func append(_ value: JSONValue) {
        switch value {
        case .null: append(ascii: "null")
        case .bool(let bool): append(ascii: bool ? "true" : "false")
        case .integer(let integer): append(ascii: integer.description)
        case .double(let double): append(ascii: double.isFinite ? double.description : "null")
        case .string(let string): append(string: string)
        case .array(let elements): append(elements)
        case .object(let object): append(object)
        }
    }

    private mutating func append(ascii text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func append(_ elements: [JSONValue]) {
        bytes.append(UInt8(ascii: "["))
        depth += 1
        for (index, element) in elements.enumerated() {
            separate(isFirst: index == 0)
            append(element)
        }
        close(with: "]", isEmpty: elements.isEmpty)
    }

    private mutating func append(_ object: JSONObject) {
        bytes.append(UInt8(ascii: "{"))
        depth += 1
        for (index, member) in object.members.enumerated() {
            separate(isFirst: index == 0)
            append(string: member.name)
            bytes.append(UInt8(ascii: ":"))
            if style == .pretty { bytes.append(UInt8(ascii: " ")) }
            append(member.value)
        }
        close(with: "}", isEmpty: object.isEmpty)
    }

    private mutating func separate(isFirst: Bool) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        breakLine()
    }

    private mutating func close(with bracket: Unicode.Scalar, isEmpty: Bool) {
        depth -= 1
        if !isEmpty { breakLine() }
        bytes.append(UInt8(ascii: bracket))
    }

    private mutating func breakLine() {
        guard style == .pretty else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: depth * 2))
    }
}

// MARK: - Strings

extension JSONSerializer {
    fileprivate mutating func append(string: String) {
        bytes.append(UInt8(ascii: "\""))
        if string.utf8.contains(where: Self.mayNeedEscape) {
            for scalar in string.unicodeScalars { append(escaping: scalar) }
        } else {
            bytes.append(contentsOf: string.utf8)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Whether a byte is, or starts, a character that is perhaps escaped: C2 leads the C1 control
    /// characters, E2 the line separators.
    private static func mayNeedEscape(_ byte: UInt8) -> Bool {
        switch byte {
        case 0..<0x20, 0x22, 0x5C, 0x7F, 0xC2, 0xE2: true
        default: false
        }
    }

    private mutating func append(escaping scalar: Unicode.Scalar) {
        switch scalar {
        case "\"": append(ascii: "\\\"")
        case "\\": append(ascii: "\\\\")
        case "\n": append(ascii: "\\n")
        case "\r": append(ascii: "\\r")
        case "\t": append(ascii: "\\t")
        case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}"..."\u{2029}":
            append(escapedUnit: scalar.value)
        default:
            bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
    }

    private mutating func append(escapedUnit unit: UInt32) {
        let digits = String(unit, radix: 16)
        append(ascii: "\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
    }
}
