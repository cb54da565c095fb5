// SPDX-License-Identifier: Apache-2.0

/// What a property may hold. There is no kind for free text.
public enum PropertyKind: Sendable, Equatable {
    /// One word of a closed list, each `[A-Za-z0-9._-]{1,64}`. A word that is not on it becomes
    /// `other`, which is always there.
    case choice([String])
    /// A name that a host program declares: `[A-Za-z][A-Za-z0-9_.]{0,63}`, guarded against
    /// whatever looks like an address, a token or a name of a machine.
    case identifier
    /// A whole number from 0 to `max`; a larger one becomes `max`.
    case count(max: Int64)
    /// A span of time from 0 to `max` units; a longer one becomes `max`.
    case duration(DurationUnit, max: Int64)
    /// A version, as ``PropertyGuard/isVersion(_:)`` has it: up to four numbers that can't be an
    /// address, and `-alpha`, `-beta` or `-rc`.
    case version
    /// Yes or no.
    case bool
}

/// The unit in which a duration is counted.
public enum DurationUnit: String, Sendable {
    /// A thousandth of a second.
    case milliseconds
    /// A second.
    case seconds
}

/// The catalogue's answer to a value.
public enum Admission: Sendable, Equatable {
    /// The value may be recorded, in this form.
    case accepted(PropertyValue)
    /// The value may not be recorded.
    case refused(Refusal)
}

/// Why a value is not recorded. The refused content is never part of it.
public enum Refusal: Sendable {
    /// The value is of another kind than declared.
    case wrongKind
    /// The number is negative or not a number.
    case outOfBounds
    /// The text has a form that is not allowed, or looks like something personal.
    case guarded
}

extension PropertyKind {
    /// The word that stands for every choice that is not on a list.
    public static let other = "other"

    /// Checks a value against the kind, and brings it into the form that is recorded.
    public func admit(_ value: PropertyValue) -> Admission {
        switch (self, value) {
        case (.choice(let words), .string(let word)):
            .accepted(.string(words.contains(word) ? word : PropertyKind.other))
        case (.identifier, .string(let text)):
            PropertyGuard.admits(text) ? .accepted(value) : .refused(.guarded)
        case (.version, .string(let text)):
            PropertyGuard.isVersion(text) ? .accepted(value) : .refused(.guarded)
        case (.count(let max), .integer(let number)), (.duration(_, let max), .integer(let number)):
            PropertyKind.admitted(number, max: max).map { .accepted(.integer($0)) }
                ?? .refused(.outOfBounds)
        case (.count(let max), .double(let number)), (.duration(_, let max), .double(let number)):
            admit(number, max: max)
        case (.bool, .boolean): .accepted(value)
        default: .refused(.wrongKind)
        }
    }

    /// What a count or a duration up to `max` holds in a number's place; nil if it is refused.
    package static func admitted(_ number: Int64, max: Int64) -> Int64? {
        number < 0 ? nil : min(number, max)
    }

    /// A fraction is cut off; NaN and numbers below 0 are refused.
    private func admit(_ number: Double, max: Int64) -> Admission {
        guard number >= 0 else { return .refused(.outOfBounds) }
        return .accepted(.integer(number >= Double(max) ? max : Int64(number)))
    }

    /// The kind in one word, as documents and the schema name it.
    public var word: String {
        switch self {
        case .choice: "choice"
        case .identifier: "identifier"
        case .count: "count"
        case .duration: "duration"
        case .version: "version"
        case .bool: "bool"
        }
    }
}
