// SPDX-License-Identifier: Apache-2.0

/// Completion for zsh: one function for each command, on zsh's own `_arguments`.
struct ZshCompletion {
    private let root: Command
    private let nodes: [CommandNode]

    init(of root: Command) {
        self.root = root
        nodes = CommandNode.all(of: root)
    }

    /// The whole script; works in a folder of `fpath` and when it is sourced.
    var script: String {
        let start = function(nodes[0])
        return """
            #compdef \(root.name)
            # zsh completion for \(root.name); printed by '\(root.name) completion zsh'

            \(nodes.map(definition).joined(separator: "\n"))
            if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
                \(start) "$@"
            else
                (( $+functions[compdef] )) || { autoload -Uz compinit; compinit -i -D }
                compdef \(start) \(root.name)
            fi

            """
    }

    private func function(_ node: CommandNode) -> String { "_" + node.path.shellIdentifier }

    private func definition(_ node: CommandNode) -> String {
        var specs = node.flags.map(spec)
        specs += node.command.arguments.enumerated().map { index, argument in
            let place = argument.takesRest ? "*" : String(index + 1)
            let optional = argument.isRequired ? ":" : "::"
            return "'\(place)\(optional)\(argument.name)\(action(Candidates(argument.values)))'"
        }
        let below = node.command.shownSubcommands
        if !below.isEmpty { specs += ["'1:command:->command'", "'*::argument:->rest'"] }
        let lines = specs.map { "        " + $0 }.joined(separator: " \\\n")
        let rest = below.isEmpty ? "" : dispatch(node, below)
        return """
            \(function(node))() {
                local curcontext=$curcontext state line
                local -a commands
                _arguments -C -s \\
            \(lines)
            \(rest)}

            """
    }

    private func dispatch(_ node: CommandNode, _ below: [Command]) -> String {
        let commands = below.map {
            "                '\($0.name):\($0.summary.zshText(escaping: ":"))'"
        }
        let cases = below.map { command in
            let inner = function(CommandNode(commands: node.commands + [command]))
            return "            (\(command.name)) \(inner) ;;"
        }
        return """
                case $state in
                    (command)
                        commands=(
            \(commands.joined(separator: "\n"))
                        )
                        _describe -t commands command commands
                        ;;
                    (rest)
                        case $line[1] in
            \(cases.joined(separator: "\n"))
                        esac
                        ;;
                esac

            """
    }

    private func spec(_ flag: Flag) -> String {
        let text = flag.help.zshText(escaping: "[]:")
        let value =
            flag.takesValue ? ":\(flag.valueName)\(action(Candidates(flag.kind)))" : ""
        let again = flag.isRepeatable ? "*" : ""
        let names = flag.spellings
        let equals = flag.takesValue ? "=" : ""
        guard names.count > 1 else { return "'\(again)\(names[0])\(equals)[\(text)]\(value)'" }
        let exclusive = flag.isRepeatable ? "" : "(\(names.joined(separator: " ")))"
        return "'\(again)\(exclusive)'{\(names[1]),\(names[0])\(equals)}'[\(text)]\(value)'"
    }

    private func action(_ candidates: Candidates) -> String {
        switch candidates {
        case .none: ": "
        case .files: ":_files"
        case .words(let words): ":(\(words.filter(\.isShellWord).joined(separator: " ")))"
        case .names(let folder): ":{compadd - $(ls \(folder) 2>/dev/null)}"
        }
    }
}

extension String {
    /// The text within single quotes, with a backslash before each of some characters.
    fileprivate func zshText(escaping special: String) -> String {
        reduce(into: "") { text, character in
            if character == "'" {
                text += "'\\''"
            } else {
                if special.contains(character) { text += "\\" }
                text.append(character)
            }
        }
    }
}
