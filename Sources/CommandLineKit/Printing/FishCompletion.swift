// SPDX-License-Identifier: Apache-2.0

/// Completion for fish: a function that tells the command so far, and one line for each offer.
struct FishCompletion {
    private let root: Command
    private let nodes: [CommandNode]

    init(of root: Command) {
        self.root = root
        nodes = CommandNode.all(of: root)
    }

    private var function: String { "__\(root.name.shellIdentifier)_path" }

    /// The whole script.
    var script: String {
        let names = nodes.dropFirst().map { "'\($0.path)'" }.joined(separator: " ")
        let takers = nodes.flatMap { node in
            node.flags.filter(\.takesValue).flatMap { flag in
                flag.spellings.map { "'\(node.path) \($0)'" }
            }
        }.joined(separator: " ")
        let head = """
            # fish completion for \(root.name); printed by '\(root.name) completion fish'
            function \(function)
                set -l words (commandline -opc)
                set -l path \(root.name)
                set -l skip 0
                for word in $words[2..-1]
                    if test $skip = 1
                        set skip 0
                        continue
                    end
                    switch "$path $word"
                        case \(names)
                            set path "$path $word"
                        case \(takers)
                            set skip 1
                    end
                end
                echo $path
            end
            complete -c \(root.name) -f
            """
        return ([head] + nodes.flatMap(lines)).joined(separator: "\n") + "\n"
    }

    private static let files = "(__fish_complete_path (commandline -ct))"

    private static func names(in folder: String) -> String { "(ls \(folder) 2>/dev/null)" }

    private func lines(_ node: CommandNode) -> [String] {
        let start = "complete -c \(root.name) -n 'test (\(function)) = \"\(node.path)\"'"
        let commands = node.command.shownSubcommands.map {
            "\(start) -a \($0.name) -d '\($0.summary.fishText)'"
        }
        let flags = node.flags.map { flag in
            let letter = flag.short.map { " -s \($0)" } ?? ""
            let value = flag.takesValue ? value(Candidates(flag.kind)) : ""
            return "\(start) -l \(flag.name)\(letter)\(value) -d '\(flag.help.fishText)'"
        }
        let arguments = node.command.arguments.compactMap { argument -> String? in
            switch Candidates(argument.values) {
            case .none: nil
            case .files: "\(start) -a '\(Self.files)'"
            case .words(let words): "\(start) -a '\(words.joined(separator: " ").fishText)'"
            case .names(let folder): "\(start) -a '\(Self.names(in: folder))'"
            }
        }
        return commands + flags + arguments
    }

    private func value(_ candidates: Candidates) -> String {
        switch candidates {
        case .none: " -x"
        case .files: " -x -a '\(Self.files)'"
        case .words(let words): " -x -a '\(words.joined(separator: " ").fishText)'"
        case .names(let folder): " -x -a '\(Self.names(in: folder))'"
        }
    }
}

extension String {
    /// The text within single quotes.
    fileprivate var fishText: String {
        reduce(into: "") { text, character in
            if character == "'" || character == "\\" { text += "\\" }
            text.append(character)
        }
    }
}
