// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import JSON
import Modules
import Program

/// The keys of the configuration with all that is known of them: what holds and why, what may
/// stand there, what it means.
struct ConfigurationManual {
    private struct Entry {
        let section: String
        let setting: Setting
        let own: JSONValue?

        var key: String { "\(section).\(setting.key)" }
    }

    private let entries: [Entry]

    /// Those keys that begin with `prefix`; all where it is empty.
    init(_ schema: ConfigurationSchema, _ content: JSONObject, prefix: String) {
        entries = schema.sections.flatMap { section in
            section.settings.map { setting in
                Entry(
                    section: section.section, setting: setting,
                    own: content[section.section]?[setting.key])
            }
        }.filter { $0.key.hasPrefix(prefix) }
    }

    var isEmpty: Bool { entries.isEmpty }

    var report: Report {
        Report(text: entries.flatMap(blocks), json: .one(.object(json)))
    }

    private func blocks(_ entry: Entry) -> [Report.Block] {
        let setting = entry.setting
        let value = (entry.own ?? setting.defaultValue).plainText
        let from = entry.own == nil ? "default" : "default: \(setting.defaultValue.plainText)"
        let style: TextStyle = entry.own == nil ? .plain : .bold
        return [
            .line(StyledText("\(entry.key) = \(value) (\(from))", style)),
            .line(StyledText("    \(setting.meaning)")),
            .line(StyledText("    allowed: \(setting.allowed)", .faint)),
        ]
    }

    private var json: JSONObject {
        var json: JSONObject = [:]
        for entry in entries {
            let setting = entry.setting
            var section = json[entry.section]?.objectValue ?? [:]
            section[setting.key] = [
                "value": entry.own ?? setting.defaultValue,
                "from": entry.own == nil ? "default" : "file",
                "default": setting.defaultValue, "allowed": .string(setting.allowed),
                "meaning": .string(setting.meaning),
            ]
            json[entry.section] = .object(section)
        }
        return json
    }
}
