// SPDX-License-Identifier: Apache-2.0

public import CommandLineKit
private import Modules

extension Home {
    /// A text in which every command has the flag that names this home, so that whoever pastes it
    /// reaches no other, as root by `sudo` too. A home that is reached without a flag leaves the
    /// text as it is, and so does a name within quotes, as that of a file is told in a command;
    /// what is meant for the service's home names that by its flag.
    public func addressing(_ text: String) -> String {
        guard let flag else { return text }
        var told = ""
        var rest = text[...]
        for end in Program.commands.endsOfName(in: text) {
            told += text[rest.startIndex..<end] + " \(flag)"
            rest = text[end...]
        }
        return told + rest
    }

    /// The flag that names a home, its path quoted for the shell.
    static func flag(for path: String) -> String {
        path == servicePath ? "--service" : "--home \(ShellText.quoted(path))"
    }
}

extension Program {
    /// What messages and reports tell a person to type.
    public static let commands = ToldCommands(
        program: name,
        words: [
            "bindings": [], "replay": [], "status": [], "test-alert": [], "watch": [],
            "config": ["check", "get", "path", "set", "show", "unset"],
            "telemetry": [
                "dashboard", "delete-data", "disable", "enable", "export", "log", "preview",
                "review", "rotate-id", "schema", "show", "stats", "status", "upload",
            ],
        ])
}
