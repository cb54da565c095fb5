// SPDX-License-Identifier: Apache-2.0

public import JSON
public import Modules

/// What the configuration says about where alerts of a watch go, beside standard output.
public struct OutputSettings: Sendable, Equatable {
    /// The words for how grave an alert is, the least grave first.
    public static let severities = ["info", "low", "medium", "high", "critical"]
    /// The words for the machine's logs; `none` is none.
    public static let logs = ["none", "syslog", "journal"]
    /// The most words of a command.
    public static let commandWordsMax = 32
    /// The longest word of a command, in bytes.
    public static let commandWordBytesMax = 4_096

    /// The least grave alerts that are printed, and written to file and log.
    public let severityMin: String
    /// The file of alerts in EVE form; nil for none.
    public let evePath: String?
    /// The log of the machine; `none` is none.
    public let log: String
    /// The program to run for an alert, and its arguments; empty for none.
    public let command: [String]
    /// The least grave alerts that the program is run for.
    public let commandSeverityMin: String
    /// How many runs begin in any minute, at most.
    public let commandPerMinuteMax: Int64
    /// How many seconds a run may take.
    public let commandSecondsMax: Int64

    /// Reads a section that ``schema`` found free of problems.
    public init(section: JSONObject) {
        severityMin = section["severity_min"]?.stringValue ?? "low"
        evePath = section["eve_path"]?.stringValue
        log = section["log"]?.stringValue ?? "none"
        command = section["command"]?.arrayValue?.compactMap(\.stringValue) ?? []
        commandSeverityMin = section["command_severity_min"]?.stringValue ?? "high"
        commandPerMinuteMax = section["command_per_minute_max"]?.integerValue ?? 6
        commandSecondsMax = section["command_seconds_max"]?.integerValue ?? 10
    }

    /// The keys of the section, with their bounds and defaults.
    public static let schema = SettingsSchema(
        section: "output",
        [
            .choice(
                "severity_min", severities, default: "low",
                meaning: "the least grave alerts that a watch prints, and writes to file and log; "
                    + "a replay prints all, but notices (info) only where this is info"),
            Setting(
                "eve_path", form: "a path from / without control characters, or null",
                default: .null,
                meaning: "a file to which alerts are appended as EVE JSON lines"
            ) { value in
                guard let text = value.stringValue else { return value == .null }
                return text.hasPrefix("/") && Setting.mayBePath(text)
            },
            .choice(
                "log", logs, default: "none", meaning: "the machine's log that alerts go to"),
            Setting(
                "command",
                form: "a list of up to \(commandWordsMax) words, the first a path from /",
                example: #"["/usr/local/bin/page-me", "--arp"]"#, default: .array([]),
                meaning: "a program to run for an alert, which it reads as EVE JSON"
            ) { $0.arrayValue.map(isCommand) ?? false },
            .choice(
                "command_severity_min", severities, default: "high",
                meaning: "the least grave alerts that the command is run for"),
            .integer(
                "command_per_minute_max", 1...600, default: 6,
                meaning: "runs of the command that begin in any minute, at most"),
            .integer(
                "command_seconds_max", 1...300, default: 10,
                meaning: "seconds after which a run of the command is ended"),
        ])

    private static func isCommand(_ words: [JSONValue]) -> Bool {
        let texts = words.compactMap(\.stringValue)
        return texts.count == words.count && texts.count <= commandWordsMax
            && texts.first?.hasPrefix("/") ?? true
            && texts.allSatisfy {
                $0.utf8.count <= commandWordBytesMax && !$0.utf8.contains(0)
            }
    }
}
