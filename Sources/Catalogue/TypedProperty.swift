// SPDX-License-Identifier: Apache-2.0

/// A property whose values have a Swift type, for events that are recorded often.
public struct Property<Value: Sendable>: Sendable {
    /// The declaration; its number is given by its place within an event.
    public let definition: PropertyDefinition
    /// Turns a value into what is recorded; nil if the value is refused.
    let encode: @Sendable (Value) -> EncodedValue?
    /// The short way to the same, for those values that have one.
    let draft: TypedPropertyPlan.Draft

    init(
        _ name: String, _ kind: PropertyKind, since: String, purpose: String,
        _ draft: TypedPropertyPlan.Draft, encode: @escaping @Sendable (Value) -> EncodedValue?
    ) {
        definition = PropertyDefinition(id: 0, name, kind, since: since, purpose: purpose)
        self.draft = draft
        self.encode = encode
    }
}

extension Property {
    /// The same for a value that is only known by its address.
    var erasedEncode: EventKey.Encode {
        let encode = encode
        return { address in unsafe encode(address.assumingMemoryBound(to: Value.self).pointee) }
    }
}

/// A value in the form in which a record holds it.
package enum EncodedValue: Sendable {
    /// A word of a choice, by its place in the list.
    case word(UInt16)
    /// A number, within its bounds.
    case integer(Int64)
    /// Yes or no.
    case boolean(Bool)
    /// An identifier or a version that the guard let through.
    case text(String)
}

extension Property where Value: RawRepresentable<String> & CaseIterable {
    /// One case of an enum; its texts are the closed list, each `[A-Za-z0-9._-]{1,64}`.
    public static func choice(
        _ name: String, _ type: Value.Type, since: String, purpose: String
    ) -> Property<Value> {
        let words = Value.allCases.map(\.rawValue)
        let places = ChoicePlaces<Value>()
        return Property(
            name, .choice(words), since: since, purpose: purpose, places.draft
        ) { value in
            places.place(of: value).map { .word($0) }
        }
    }
}

extension Property {
    /// A whole number from 0 to `max`, which is not below 0; a larger one becomes `max`.
    public static func count(
        _ name: String, max: Int64 = 1_000_000_000, since: String, purpose: String
    ) -> Property<Int> where Value == Int {
        Property(
            name, .count(max: max), since: since, purpose: purpose, .count(max: max)
        ) { value in
            value < 0 ? nil : .integer(min(Int64(value), max))
        }
    }

    /// A span of time, recorded in whole milliseconds up to `max`, which is not below 0; a longer
    /// one becomes `max`.
    public static func duration(
        _ name: String, max: Int64 = 86_400_000, since: String, purpose: String
    ) -> Property<Duration> where Value == Duration {
        Property(
            name, .duration(.milliseconds, max: max), since: since, purpose: purpose,
            .duration(max: max)
        ) {
            let (seconds, attoseconds) = $0.components
            guard seconds >= 0, attoseconds >= 0 else { return nil }
            // Beyond a million years the bound holds in any case.
            if seconds > 1 << 45 { return .integer(max) }
            return .integer(min(seconds * 1000 + attoseconds / 1_000_000_000_000_000, max))
        }
    }

    /// Yes or no.
    public static func bool(
        _ name: String, since: String, purpose: String
    ) -> Property<Bool> where Value == Bool {
        Property(name, .bool, since: since, purpose: purpose, .bool) { .boolean($0) }
    }

    /// An identifier, checked by ``PropertyGuard`` each time.
    public static func identifier(
        _ name: String, since: String, purpose: String
    ) -> Property<String> where Value == String {
        Property(name, .identifier, since: since, purpose: purpose, .other) { value in
            PropertyGuard.admits(value) ? .text(value) : nil
        }
    }

    /// A version, checked by ``PropertyGuard/isVersion(_:)`` each time.
    public static func version(
        _ name: String, since: String, purpose: String
    ) -> Property<String> where Value == String {
        Property(name, .version, since: since, purpose: purpose, .other) { value in
            PropertyGuard.isVersion(value) ? .text(value) : nil
        }
    }
}

/// Finds the place of a case among all cases without comparing texts.
private struct ChoicePlaces<Choice: RawRepresentable<String> & CaseIterable & Sendable>: Sendable {
    /// By the one byte of a case.
    private let byByte: [UInt16]
    private let byWord: [String: UInt16]

    init() {
        var byByte = [UInt16](repeating: TypedPropertyPlan.noPlace, count: 256)
        var byWord: [String: UInt16] = [:]
        for (place, value) in Choice.allCases.enumerated() {
            byWord[value.rawValue] = UInt16(place)
            if let byte = Self.byte(of: value) { byByte[Int(byte)] = UInt16(place) }
        }
        self.byByte = byByte
        self.byWord = byWord
    }

    var draft: TypedPropertyPlan.Draft {
        MemoryLayout<Choice>.size == 1 ? .choice(byByte) : .other
    }

    func place(of value: Choice) -> UInt16? {
        guard let byte = Self.byte(of: value) else { return byWord[value.rawValue] }
        let place = byByte[Int(byte)]
        return place == TypedPropertyPlan.noPlace ? nil : place
    }

    /// The one byte that holds an enum without payloads of up to 256 cases; two values with equal
    /// bytes are equal. Nil for types of another size.
    private static func byte(of value: Choice) -> UInt8? {
        guard MemoryLayout<Choice>.size == 1 else { return nil }
        return unsafe withUnsafeBytes(of: value) { bytes in unsafe bytes[0] }
    }
}
