// SPDX-License-Identifier: Apache-2.0

public import JSON
public import Modules

/// The sections that the configuration file may have.
public struct ConfigurationSchema: Sendable {
    /// The sections, in the order in which documents list them.
    public let sections: [SettingsSchema]

    /// A file with these sections.
    public init(_ sections: [SettingsSchema]) { self.sections = sections }

    /// The declaration of a section, or nil.
    public func section(_ name: String) -> SettingsSchema? {
        sections.first { $0.section == name }
    }

    /// Every key with its section: `telemetry.upload_url`.
    public var keys: [String] {
        sections.flatMap { section in section.settings.map { "\(section.section).\($0.key)" } }
    }

    /// Every section, and every key with its section.
    public var names: [String] { sections.map(\.section) + keys }

    /// What is wrong with a file's content, in the file's order; empty if nothing is.
    public func problems(in content: JSONObject) -> [SettingProblem] {
        content.members.flatMap { member -> [SettingProblem] in
            guard let section = section(member.name) else {
                return [SettingProblem(key: member.name, value: nil, expected: "no such section")]
            }
            guard let object = member.value.objectValue else {
                return [
                    SettingProblem(
                        key: member.name, value: member.value.serialized(.compact),
                        expected: "must be an object")
                ]
            }
            return section.problems(in: object)
        }
    }

    /// The content without a key that a file has and this schema does not, such as a misspelt one:
    /// a section alone, or a section, a dot and a key. Nil where there is none of that name.
    public func removing(unknown text: String, from content: JSONObject) -> JSONObject? {
        let parts = text.split(separator: ".", maxSplits: 1).map(String.init)
        guard let name = parts.first, let value = content[name] else { return nil }
        let declared = section(name)
        var content = content
        if parts.count == 1 {
            guard declared == nil || value.objectValue == nil else { return nil }
            content[name] = nil
            return content
        }
        guard declared?.setting(parts[1]) == nil, var object = value.objectValue,
            object[parts[1]] != nil
        else { return nil }
        object[parts[1]] = nil
        content[name] = object.members.isEmpty ? nil : .object(object)
        return content
    }

    /// The content of a section without the members that are at fault.
    func soundPart(of name: String, in content: JSONObject) -> JSONObject {
        guard let schema = section(name), let object = content[name]?.objectValue else {
            return [:]
        }
        var sound = object
        for member in object.members where schema.setting(member.name)?.admits(member.value) != true
        {
            sound[member.name] = nil
        }
        return sound
    }
}
