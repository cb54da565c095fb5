// SPDX-License-Identifier: Apache-2.0

private import CommandLineKit

extension Home {
    /// What a person types behind the program's name that works in a home.
    private static let commands = [
        "bindings", "config", "replay", "status", "telemetry", "test-alert", "watch",
    ]

    /// A text in which every command has the flag that names this home, so that whoever pastes it
    /// reaches no other, as root by `sudo` too. A home that is reached without a flag leaves the
    /// text as it is; what is meant for the service's home names that by its flag.
    public func addressing(_ text: String) -> String {
        guard let flag else { return text }
        let name = "\(Program.name) "
        let parts = text.split(separator: name, omittingEmptySubsequences: false)
        var told = String(parts[0])
        for (before, rest) in zip(parts, parts.dropFirst()) {
            let word = rest.prefix { $0.isLetter || $0 == "-" }
            let isCommand = Self.commands.contains(String(word)) && Self.endsBeforeCommand(before)
            told += name + (isCommand ? "\(flag) " : "") + rest
        }
        return told
    }

    /// Whether a name that stands behind this text begins a command.
    private static func endsBeforeCommand(_ text: Substring) -> Bool {
        guard let last = text.last else { return true }
        return " ('\"".contains(last)
    }

    /// The flag that names a home, its path quoted for the shell.
    static func flag(for path: String) -> String {
        path == servicePath ? "--service" : "--home \(ShellWord.quoted(path))"
    }
}
