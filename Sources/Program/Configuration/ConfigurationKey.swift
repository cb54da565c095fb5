// SPDX-License-Identifier: Apache-2.0

public import CommandLineKit
public import JSON
public import Modules

/// One key of the configuration file, as a person types it: `telemetry.upload_url`.
///
/// A member of a setting that is itself an object follows after one more dot:
/// `detection.static_bindings.192.0.2.1`.
public struct ConfigurationKey: Sendable {
    /// The section's name.
    public let section: String
    /// The setting's declaration.
    public let setting: Setting
    /// The name of a member within the setting's object; nil for the whole setting.
    public let member: String?

    /// Finds a key that the schema declares; throws with the nearest one where it does not.
    public init(_ text: String, in schema: ConfigurationSchema) throws(CommandFailure) {
        for section in schema.sections {
            for setting in section.settings {
                let key = "\(section.section).\(setting.key)"
                let hasMembers = setting.defaultValue.objectValue != nil
                let isMember = hasMembers && text.hasPrefix(key + ".") && text.count > key.count + 1
                guard text == key || isMember else { continue }
                self.section = section.section
                self.setting = setting
                member = isMember ? String(text.dropFirst(key.count + 1)) : nil
                return
            }
        }
        let nearest = Suggestion.nearest(to: text, among: schema.keys)
        throw CommandFailure(
            "unknown key '\(text)'",
            hint: nearest.map { "did you mean '\($0)'?" }
                ?? "\(Program.name) config get lists all keys",
            status: .usage)
    }

    /// The key without its member.
    public var text: String { "\(section).\(setting.key)" }

    /// What the file holds for the key; nil where it leaves it out.
    public func value(in content: JSONObject) -> JSONValue? {
        let whole = content[section]?.objectValue?[setting.key]
        guard let member else { return whole }
        return whole?.objectValue?[member]
    }

    /// What holds for the key: the file's value, else the default; null for an absent member.
    public func effectiveValue(in content: JSONObject) -> JSONValue {
        value(in: content) ?? (member == nil ? setting.defaultValue : .null)
    }

    /// The content with a value for the key, as typed: JSON, or a bare word where a text is meant.
    ///
    /// `null` removes a member. Throws where the setting admits neither reading.
    public func setting(
        _ text: String, in content: JSONObject
    ) throws(CommandFailure) -> JSONObject {
        let readings = [try? JSONValue.parse(text), .string(text)].compactMap { $0 }
        let wholes = readings.map { whole(with: $0, in: content) }
        guard let whole = wholes.first(where: setting.admits) else {
            throw CommandFailure(
                "\(self.text) can't be \(member.map { "\($0): " } ?? "")\(text)",
                hint: "it must be \(member == nil ? setting.allowed : setting.form)",
                status: .usage)
        }
        var content = content
        var object = content[section]?.objectValue ?? [:]
        object[setting.key] = whole
        content[section] = .object(object)
        return content
    }

    /// The content without the key; a section that this leaves empty goes too.
    public func removing(from content: JSONObject) -> JSONObject {
        var content = content
        var object = content[section]?.objectValue ?? [:]
        if let member {
            var members = object[setting.key]?.objectValue ?? [:]
            members[member] = nil
            object[setting.key] = .object(members)
        } else {
            object[setting.key] = nil
        }
        content[section] = object.members.isEmpty ? nil : .object(object)
        return content
    }

    private func whole(with value: JSONValue, in content: JSONObject) -> JSONValue {
        guard let member else { return value }
        var object = content[section]?.objectValue?[setting.key]?.objectValue ?? [:]
        object[member] = value == .null ? JSONValue?.none : value
        return .object(object)
    }
}
