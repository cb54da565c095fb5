// SPDX-License-Identifier: Apache-2.0

/// Header fields in the order they came; names are looked up without regard to case (RFC 9110
/// section 5.1).
public struct HTTPHeaders: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    /// One header line.
    public struct Field: Sendable, Equatable {
        /// The name as it was written.
        public let name: String
        /// The value without surrounding white space.
        public let value: String

        /// Makes a field; nothing is checked.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Every field, repeated names included.
    public private(set) var fields: [Field]

    /// Holds the given fields.
    public init(_ fields: [Field] = []) {
        self.fields = fields
    }

    /// Holds one field per pair, in order.
    public init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { Field(name: $0.0, value: $0.1) }
    }

    /// The first value of a name; setting replaces every field of that name, nil removes them.
    public subscript(_ name: String) -> String? {
        get { fields.first { equalsIgnoringCase($0.name, name) }?.value }
        set {
            fields.removeAll { equalsIgnoringCase($0.name, name) }
            if let newValue { append(name, newValue) }
        }
    }

    /// Every value of a name, in order.
    public func values(_ name: String) -> [String] {
        fields.filter { equalsIgnoringCase($0.name, name) }.map(\.value)
    }

    /// The same fields, each value without blanks and tabs around it (RFC 9110 section 5.5).
    var trimmed: HTTPHeaders {
        HTTPHeaders(fields.map { Field(name: $0.name, value: trimmingBlanks($0.value)) })
    }

    /// Adds a field and keeps those of the same name.
    public mutating func append(_ name: String, _ value: String) {
        fields.append(Field(name: name, value: value))
    }
}

private func trimmingBlanks(_ text: String) -> String {
    func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
    let bytes = text.utf8
    guard let first = bytes.first, let last = bytes.last, isBlank(first) || isBlank(last) else {
        return text
    }
    let rest = bytes.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
    return String(decoding: rest, as: UTF8.self)
}

/// Whether two ASCII names are the same but for case.
func equalsIgnoringCase(_ left: String, _ right: String) -> Bool {
    left.utf8.count == right.utf8.count
        && zip(left.utf8, right.utf8).allSatisfy { lowercased($0) == lowercased($1) }
}

private func lowercased(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
}
