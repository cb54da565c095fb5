// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import JSON
import Modules
import Program

extension ConfigurationFile {
    /// The content, if it is free of faults.
    func soundContent() throws(CommandFailure) -> JSONObject {
        if let fault = load().fault { throw fault.failure }
        return try readContent()
    }

    /// The content, perhaps with faulty keys.
    func readContent() throws(CommandFailure) -> JSONObject {
        do throws(ConfigurationError) {
            return try content()
        } catch {
            throw error.failure
        }
    }
}

extension JSONValue {
    /// The value for people: a text as it is, anything else as JSON.
    var plainText: String { stringValue ?? serialized(.compact) }

    /// The value alone.
    var report: Report {
        Report(text: [.line(StyledText(plainText))], json: .one(self))
    }
}

/// All keys of the configuration with what holds, and whether the file says so.
struct ConfigurationListing {
    private let schema: ConfigurationSchema
    private let content: JSONObject

    init(_ schema: ConfigurationSchema, _ content: JSONObject) {
        self.schema = schema
        self.content = content
    }

    var report: Report { Report(text: [.table(table)], json: .one(.object(json))) }

    private var table: Table {
        var table = Table([.init("KEY"), .init("FROM"), .init("VALUE")])
        for section in schema.sections {
            for setting in section.settings {
                let own = content[section.section]?[setting.key]
                table.append([
                    StyledText("\(section.section).\(setting.key)"),
                    StyledText(own == nil ? "default" : "file", own == nil ? .faint : .plain),
                    StyledText((own ?? setting.defaultValue).plainText),
                ])
            }
        }
        return table
    }

    private var json: JSONObject {
        JSONObject(
            schema.sections.map { section in
                let members = section.settings.map { setting in
                    (setting.key, content[section.section]?[setting.key] ?? setting.defaultValue)
                }
                return (section.section, JSONValue.object(JSONObject(members)))
            })
    }
}

/// What `config check` finds in a file.
struct ConfigurationVerdict {
    private let path: String
    private let problems: [JSONValue]
    private let lines: [String]

    var isSound: Bool { lines.isEmpty }

    /// Throws where the file can't be read at all.
    init(on file: ConfigurationFile) throws(CommandFailure) {
        path = file.path
        guard let fault = file.load().fault else {
            (problems, lines) = ([], [])
            return
        }
        switch fault.cause {
        case .unreadable:
            throw fault.failure
        case .malformed(let reason):
            (problems, lines) = (
                [["key": nil, "value": nil, "expected": .string(reason)]], [reason]
            )
        case .faulty(let faults):
            problems = faults.map(\.json)
            lines = faults.map(\.description)
        }
    }

    var report: Report {
        let text = isSound ? ["\(path) is fine"] : lines.map { "\(path): \($0)" }
        return Report(
            text: text.map { .line(StyledText($0)) },
            json: .one(["path": .string(path), "problems": .array(problems)]))
    }
}

extension SettingProblem {
    fileprivate var json: JSONValue {
        [
            "key": .string(key), "value": value.map { .string($0) } ?? .null,
            "expected": .string(expected),
        ]
    }
}
