// SPDX-License-Identifier: Apache-2.0

/// The shells for which completion is printed.
enum Shell: String, CaseIterable {
    case bash
    case zsh
    case fish

    func script(for root: Command) -> String {
        switch self {
        case .bash: BashCompletion(of: root).script
        case .zsh: ZshCompletion(of: root).script
        case .fish: FishCompletion(of: root).script
        }
    }
}

extension Command {
    /// `completion SHELL`: prints a script that completes this program's command line.
    public static let completion = Command(
        "completion", summary: "Print a script that completes command lines in a shell",
        discussion: [
            "The package installs these scripts; this is for a program that was put somewhere by "
                + "hand. For bash: eval \"$(PROGRAM completion bash)\" in ~/.bashrc; zsh, behind "
                + "its compinit, and fish take theirs in the same way."
        ],
        arguments: [
            Argument("SHELL", .one, .choice(Shell.allCases.map(\.rawValue)), help: "The shell")
        ]
    ) { invocation in
        let shell = invocation.command.argument("SHELL").flatMap(Shell.init(rawValue:)) ?? .bash
        invocation.output.raw(shell.script(for: invocation.command.root))
        return .success
    }

    /// `documentation FORM`, hidden: prints the manual page or the reference, for the scripts that
    /// make packages and documents.
    public static func documentation(version: String, notes: ManualNotes) -> Command {
        Command(
            "documentation", summary: "Print the manual of this program",
            arguments: [
                Argument("FORM", .one, .choice(["man", "markdown"]), help: "The language")
            ],
            hidden: true
        ) { invocation in
            let root = invocation.command.root
            invocation.output.raw(
                invocation.command.argument("FORM") == "man"
                    ? ManualPage(of: root, version: version, notes: notes).text
                    : Reference(of: root).markdown)
            return .success
        }
    }
}
