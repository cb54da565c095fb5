// SPDX-License-Identifier: Apache-2.0

public import JSON

/// One declared key of a configuration file: what it means, what it may hold, what holds without.
public struct Setting: Sendable {
    /// The key within its section.
    public let key: String
    /// What the key decides, for people.
    public let meaning: String
    /// What the key may hold, for people: `1 to 8760`.
    public let form: String
    /// A value as a person types it in a shell, where the form alone does not show that.
    public let example: String?
    /// What holds where the file leaves the key out; null may mean "none".
    public let defaultValue: JSONValue
    private let admits: @Sendable (JSONValue) -> Bool
    /// The first entry that is at fault, where a value consists of entries that each must hold.
    var faultyEntry: @Sendable (JSONValue) -> JSONValue? = { _ in nil }

    /// Declares a key with a check of its own.
    public init(
        _ key: String, form: String, example: String? = nil, default defaultValue: JSONValue,
        meaning: String, admits: @escaping @Sendable (JSONValue) -> Bool
    ) {
        self.key = key
        self.form = form
        self.example = example
        self.defaultValue = defaultValue
        self.meaning = meaning
        self.admits = admits
    }

    /// What the key may hold, with an example where there is one.
    public var allowed: String { example.map { "\(form), such as '\($0)'" } ?? form }

    /// All of it in one line for a manual.
    public var sentence: String {
        // A list has blanks, so that it can go on in a further line.
        let value = defaultValue.serialized(.compact).replacing(",", with: ", ")
        return "\(meaning); \(allowed) (default: \(value))"
    }

    /// Whether the key may hold this value.
    public func admits(_ value: JSONValue) -> Bool { admits(value) }

    /// Whether a text can be that of a path: none holds a zero byte, at which the system would cut
    /// it short, and any other control character is a mistake.
    public static func mayBePath(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }

    /// A key that holds true or false.
    public static func bool(
        _ key: String, default defaultValue: JSONValue, meaning: String
    ) -> Setting {
        Setting(key, form: "true or false", default: defaultValue, meaning: meaning) {
            $0.boolValue != nil
        }
    }

    /// A key that holds a whole number within bounds; null too where null is the default.
    public static func integer(
        _ key: String, _ bounds: ClosedRange<Int64>, default defaultValue: JSONValue,
        meaning: String
    ) -> Setting {
        let nullable = defaultValue == .null
        let form = "\(bounds.lowerBound) to \(bounds.upperBound)" + (nullable ? ", or null" : "")
        return Setting(key, form: form, default: defaultValue, meaning: meaning) { value in
            value.integerValue.map(bounds.contains) ?? (nullable && value == .null)
        }
    }

    /// A key that holds one word of a list.
    public static func choice(
        _ key: String, _ words: [String], default defaultValue: JSONValue, meaning: String
    ) -> Setting {
        let form = "one of \(words.joined(separator: ", "))"
        return Setting(key, form: form, default: defaultValue, meaning: meaning) { value in
            value.stringValue.map(words.contains) ?? false
        }
    }
}

/// The declared keys of one section of a configuration file.
public struct SettingsSchema: Sendable {
    /// The section's name in the file; empty for a file without sections.
    public let section: String
    /// Its keys, in the order in which documents list them.
    public let settings: [Setting]

    /// Declares a section.
    public init(section: String, _ settings: [Setting]) {
        self.section = section
        self.settings = settings
    }

    /// The declaration of a key, or nil.
    public func setting(_ key: String) -> Setting? {
        settings.first { $0.key == key }
    }

    /// A key with its section, where there is one.
    private func name(of key: String) -> String { section.isEmpty ? key : "\(section).\(key)" }

    /// What is wrong with a section's content, key by key; empty if nothing is.
    public func problems(in object: JSONObject) -> [SettingProblem] {
        object.members.compactMap { member in
            guard let setting = setting(member.name) else {
                return SettingProblem(
                    key: name(of: member.name), value: nil, expected: "no such key")
            }
            if setting.admits(member.value) { return nil }
            let entry = setting.faultyEntry(member.value)
            return SettingProblem(
                key: name(of: member.name), value: (entry ?? member.value).serialized(.compact),
                isEntry: entry != nil, expected: "must be \(setting.form)")
        }
    }
}

/// One fault of a configuration: the key, the value as it stands, and what may stand there.
public struct SettingProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// Section and key: `telemetry.upload_url`.
    public let key: String
    /// The most characters of ``value``; what is longer ends in "...".
    public static let valueCharactersMax = 256

    /// The value as JSON, but for what of an address is nobody's business; nil where the key itself
    /// is the fault.
    public let value: String?
    /// Whether ``value`` is one entry among several that the key holds.
    public let isEntry: Bool
    /// What may stand there.
    public let expected: String

    /// Records a fault.
    public init(key: String, value: String?, isEntry: Bool = false, expected: String) {
        self.key = key
        self.value = value.map(Self.withoutSecrets).map(Self.shortened)
        self.isEntry = isEntry
        self.expected = expected
    }

    /// A text in which of each address neither who stands before an `@` is told, nor what stands
    /// behind a `?`: a fault gets into logs and reports.
    public static func withoutSecrets(_ text: String) -> String {
        guard text.contains("://") else { return text }
        return text.replacing(/:\/\/[^\/\s"]*@/, with: "://...@")
            .replacing(/\?[^\s"]+/, with: "?...")
    }

    private static func shortened(_ text: String) -> String {
        let isLong = text.count > valueCharactersMax
        return isLong ? text.prefix(valueCharactersMax - 3) + "..." : text
    }

    /// The fault in one line.
    public var description: String {
        value.map { "\(key) \(isEntry ? "has" : "is") \($0), \(expected)" } ?? "\(key): \(expected)"
    }
}
