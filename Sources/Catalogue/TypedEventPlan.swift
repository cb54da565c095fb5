// SPDX-License-Identifier: Apache-2.0

/// How the values of a typed event become words of a record: plain memory, so that whoever records
/// one counts no references and asks no closure. An ``EventKey`` owns it.
@safe public struct TypedEventPlan {
    /// Where the event stood in the catalogue that was asked last: a hint, to be checked. Comes
    /// first, and is accessed atomically.
    public internal(set) var hint: UInt64 = 0
    /// One plan for each property, in their declared order.
    public let properties: UnsafePointer<TypedPropertyPlan>
    /// How many properties the event has.
    public let count: Int
    /// The most bytes that its properties take in a record.
    public let bytesMax: UInt64
    /// Whose plan this is.
    public let owner: Unmanaged<EventKey>
}

/// How the values of one property become a word of a record.
@safe public struct TypedPropertyPlan: Sendable {
    /// What the values of the property are.
    public enum Form: UInt8, Sendable {
        /// A case of an enum that ``places`` finds by its one byte.
        case choice
        /// An `Int`, up to ``max``.
        case count
        /// A `Duration`, counted in milliseconds up to ``max``.
        case duration
        /// A `Bool`.
        case bool
        /// Anything else: the event's key knows.
        case other
    }

    /// Stands in ``places`` for a byte that is no case.
    public static let noPlace = UInt16.max

    /// What the values are.
    public let form: Form
    /// The largest number.
    public let max: UInt64
    /// For a choice, the place of each of 256 possible bytes. Written once, before the plan is
    /// handed out; lives as long as the event's key.
    public nonisolated(unsafe) let places: UnsafePointer<UInt16>?

    /// A plan that leaves everything to the key.
    public static var other: TypedPropertyPlan { TypedPropertyPlan(form: .other) }

    init(form: Form, max: Int64 = 0) {
        self.form = form
        self.max = UInt64(Swift.max(0, max))
        unsafe places = nil
    }

    @unsafe init(places: UnsafePointer<UInt16>?) {
        form = .choice
        max = 0
        unsafe self.places = places
    }
}

extension TypedPropertyPlan {
    /// What a typed property says of itself before memory is made for it.
    enum Draft: Sendable {
        case choice([UInt16])
        case count(max: Int64)
        case duration(max: Int64)
        case bool
        case other

        /// The plan; what it points to belongs to the caller.
        var plan: TypedPropertyPlan {
            switch self {
            case .choice(let places):
                let table = UnsafeMutableBufferPointer<UInt16>.allocate(capacity: places.count)
                _ = unsafe table.initialize(from: places)
                return unsafe TypedPropertyPlan(places: UnsafePointer(table.baseAddress))
            case .count(let max): return TypedPropertyPlan(form: .count, max: max)
            case .duration(let max): return TypedPropertyPlan(form: .duration, max: max)
            case .bool: return TypedPropertyPlan(form: .bool)
            case .other: return .other
            }
        }

        /// How many words a value takes at most: a number beyond 48 bits takes two, a text up to
        /// nine.
        var wordsMax: Int {
            switch self {
            case .choice, .bool: 1
            case .count, .duration: 2
            case .other: 9
            }
        }
    }
}
