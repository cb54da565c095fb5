// SPDX-License-Identifier: Apache-2.0

private import Hashing
internal import JSON

/// A message that can be read from OTLP's JSON mapping.
protocol JSONReadable {
    /// The message in which nothing is set.
    init()

    /// Takes one member; leaves names it does not know alone. Null members never arrive here.
    mutating func read(
        _ name: String, _ value: JSONValue, from reader: inout JSONReader
    ) throws(OTLPError)
}

/// Turns JSON values into field content by the rules of ProtoJSON and OTLP's changes to them:
/// numbers also as text, identifiers in hex, enumerations as integers only.
struct JSONReader {
    var counter: LimitCounter

    /// The message a JSON value stands for.
    static func read<Message: JSONReadable>(
        _ json: JSONValue, limits: OTLPLimits
    ) throws(OTLPError) -> Message {
        var message = Message()
        var reader = JSONReader(counter: LimitCounter(limits: limits))
        try reader.message(json, into: &message)
        return message
    }

    private func unexpected(_ expected: String) -> OTLPError {
        .unexpectedJSON(expected: expected, path: "")
    }

    mutating func message(
        _ value: JSONValue, into message: inout some JSONReadable
    ) throws(OTLPError) {
        guard case .object(let object) = value else { throw unexpected("an object") }
        for member in object.members where member.value != .null {
            do throws(OTLPError) {
                try message.read(member.name, member.value, from: &self)
            } catch {
                throw error.inside(member.name)
            }
        }
    }

    mutating func elements<Element: JSONReadable & Counted>(
        _ value: JSONValue, of list: inout [Element]
    ) throws(OTLPError) {
        guard case .array(let values) = value else { throw unexpected("an array") }
        for (index, value) in values.enumerated() {
            try Element.admit(to: &counter, existing: list.count)
            var element = Element()
            do throws(OTLPError) {
                try message(value, into: &element)
            } catch {
                throw error.inside("[\(index)]")
            }
            list.append(element)
        }
    }

    func string(_ value: JSONValue) throws(OTLPError) -> String {
        guard case .string(let text) = value else { throw unexpected("a string") }
        try counter.checkString(bytes: text.utf8.count)
        return text
    }

    func bool(_ value: JSONValue) throws(OTLPError) -> Bool {
        guard case .bool(let bool) = value else { throw unexpected("true or false") }
        return bool
    }

    /// An integer written as a number, as a number with an empty fraction, or as text.
    func integer<Integer: FixedWidthInteger>(
        _ value: JSONValue, as type: Integer.Type = Integer.self
    ) throws(OTLPError) -> Integer {
        let integer: Integer? =
            switch value {
            case .integer(let number): Integer(exactly: number)
            case .double(let number): Integer(exactly: number)
            case .string(let text) where !text.hasPrefix("+"): Integer(text)
            default: nil
            }
        guard let integer else {
            let sign = Integer.isSigned ? "a signed" : "an unsigned"
            throw unexpected("\(sign) integer of \(Integer.bitWidth) bits")
        }
        return integer
    }

    /// The number of an enumeration; names are not allowed.
    func enumeration(_ value: JSONValue) throws(OTLPError) -> Int32 {
        guard case .integer(let number) = value, let number = Int32(exactly: number) else {
            throw unexpected("the number of an enumeration")
        }
        return number
    }

    /// A floating-point number, as a number or as the text of one.
    func double(_ value: JSONValue) throws(OTLPError) -> Double {
        switch value {
        case .integer, .double:
            if let number = value.doubleValue { return number }
        case .string("NaN"): return .nan
        case .string("Infinity"): return .infinity
        case .string("-Infinity"): return -.infinity
        case .string(let text):
            if let number = try? JSONValue.parse(text).doubleValue { return number }
        default: break
        }
        throw unexpected("a number")
    }

    /// Bytes in base 64.
    func data(_ value: JSONValue) throws(OTLPError) -> [UInt8] {
        guard case .string(let text) = value, let bytes = Base64.decode(text) else {
            throw unexpected("bytes in base 64")
        }
        try counter.checkString(bytes: bytes.count)
        return bytes
    }

    /// An identifier of exactly that many bytes in hex, or an empty text.
    func identifier(_ value: JSONValue, bytes count: Int) throws(OTLPError) -> [UInt8] {
        guard case .string(let text) = value, let bytes = Hex.decode(text),
            bytes.isEmpty || bytes.count == count
        else {
            throw unexpected("\(count * 2) hex digits")
        }
        return bytes
    }
}
