// SPDX-License-Identifier: Apache-2.0

extension HTTPRequest {
    /// The fields of a form that a browser sent (`application/x-www-form-urlencoded`, WHATWG URL
    /// section 5.1), in order; nil for a body of another kind, or one that is no UTF-8.
    public var formFields: [HTTPHeaders.Field]? {
        guard mediaType == "application/x-www-form-urlencoded" else { return nil }
        var fields: [HTTPHeaders.Field] = []
        for piece in body.split(separator: UInt8(ascii: "&")) {
            let parts = piece.split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(parts[0]),
                let value = parts.count > 1 ? Self.decoded(parts[1]) : ""
            else { return nil }
            fields.append(.init(name: name, value: value))
        }
        return fields
    }

    private static func decoded(_ bytes: ArraySlice<UInt8>) -> String? {
        var result: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let high = digit(rest.first),
                let low = digit(rest.dropFirst().first)
            {
                result.append(high << 4 | low)
                rest = rest.dropFirst(2)
            } else {
                result.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(validating: result, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8?) -> UInt8? {
        byte.flatMap { Character(Unicode.Scalar($0)).hexDigitValue }.map { UInt8($0) }
    }
}
