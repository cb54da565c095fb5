// SPDX-License-Identifier: Apache-2.0

/// Completion for bash, version 4 or later, without any helper of the distribution.
struct BashCompletion {
    private let root: Command
    private let nodes: [CommandNode]

    init(of root: Command) {
        self.root = root
        nodes = CommandNode.all(of: root)
    }

    private var function: String { "_" + root.name.shellIdentifier }

    /// The whole script. A value that follows `=` is a word of its own in bash.
    var script: String {
        """
        # bash completion for \(root.name); printed by '\(root.name) completion bash'
        \(function)() {
            local current=${COMP_WORDS[COMP_CWORD]} path=\(root.name) flag= count=0 word index
            for ((index = 1; index < COMP_CWORD; index++)); do
                word=${COMP_WORDS[index]}
                [[ $word == = ]] && continue
                if [[ -n $flag ]]; then
                    flag=
                    continue
                fi
                case "$path $word" in
        \(branches(names, "path=\"$path $word\"", indent: 12))
        \(branches(valueFlags.map(\.pattern), "flag=$word", indent: 12))
                    *' -'*) ;;
                    *) count=$((count + 1)) ;;
                esac
            done
            [[ $current == = ]] && current=
            COMPREPLY=()
            if [[ -n $flag ]]; then
                case "$path $flag" in
        \(values)
                esac
                return
            fi
            case $path in
        \(words)
            esac
            case "$path $count" in
        \(arguments)
            esac
        }
        complete -F \(function) \(root.name)

        """
    }

    private var names: [String] { nodes.dropFirst().map { "'\($0.path)'" } }

    private var valueFlags: [(pattern: String, candidates: Candidates)] {
        nodes.flatMap { node in
            node.flags.filter(\.takesValue).flatMap { flag in
                flag.spellings.map { ("'\(node.path) \($0)'", Candidates(flag.kind)) }
            }
        }
    }

    private var values: String {
        var patterns: [Candidates: [String]] = [:]
        var order: [Candidates] = []
        for flag in valueFlags {
            if patterns[flag.candidates] == nil { order.append(flag.candidates) }
            patterns[flag.candidates, default: []].append(flag.pattern)
        }
        return order.compactMap { candidates in
            offer(candidates).map { branches(patterns[candidates] ?? [], $0, indent: 12) }
        }.joined(separator: "\n")
    }

    private var words: String {
        nodes.map { node in
            let words =
                node.command.shownSubcommands.map(\.name) + node.flags.map { "--" + $0.name }
            let offer = offer(.words(words)) ?? ":"
            return branches(["'\(node.path)'"], offer, indent: 8)
        }.joined(separator: "\n")
    }

    private var arguments: String {
        let lines = nodes.flatMap { node in
            node.command.arguments.enumerated().compactMap { index, argument -> String? in
                guard let offer = offer(Candidates(argument.values)) else { return nil }
                let place = argument.takesRest ? "'\(node.path) '*" : "'\(node.path) \(index)'"
                return branches([place], offer, indent: 8)
            }
        }
        return (lines + ["        *) ;;"]).joined(separator: "\n")
    }

    /// What a branch does; nil where there is nothing to offer.
    private func offer(_ candidates: Candidates) -> String? {
        switch candidates {
        case .none: return nil
        case .files:
            return "compopt -o filenames; mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < "
                + "<(compgen -f -- \"$current\")"
        case .words(let words):
            return offer("'\(words.filter(\.isShellWord).joined(separator: " "))'")
        case .names(let folder):
            return offer("\"$(ls \(folder) 2>/dev/null)\"")
        }
    }

    private func offer(_ words: String) -> String {
        "mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -W \(words) -- \"$current\")"
    }

    private func branches(_ patterns: [String], _ action: String, indent: Int) -> String {
        let margin = String(repeating: " ", count: indent)
        return margin + patterns.joined(separator: " |\\\n\(margin)") + ") \(action) ;;"
    }
}

extension Flag {
    /// `--quiet` and, where there is one, `-q`.
    var spellings: [String] { ["--" + name] + (short.map { ["-\($0)"] } ?? []) }
}

extension String {
    /// The text as part of a function's name.
    var shellIdentifier: String { String(map { $0.isLetter || $0.isNumber ? $0 : "_" }) }

    /// Whether every shell takes the text as it is.
    var isShellWord: Bool {
        !isEmpty
            && allSatisfy { letter in
                letter.isASCII
                    && (letter.isLetter || letter.isNumber || "_.:/-".contains(letter))
            }
    }
}
