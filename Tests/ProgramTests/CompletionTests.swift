// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestKit
import Testing

/// A shell that may be missing on this machine.
struct InstalledShell: CustomTestStringConvertible, Sendable {
    let name: String
    var path: String { "/usr/bin/\(name)" }
    var isThere: Bool { unsafe access(path, X_OK) == 0 }
    var testDescription: String { name }
}

/// A command line that ends where completion was asked for, and words that are offered there.
struct Completed: CustomTestStringConvertible, Sendable {
    let line: String
    let offered: Set<String>
    let absent: Set<String>
    var testDescription: String { line }

    init(_ line: String, _ offered: Set<String>, not absent: Set<String> = []) {
        self.line = line
        self.offered = offered
        self.absent = absent
    }
}

@Suite struct CompletionTests {
    static let asked = [
        Completed("arpguard ", ["telemetry", "config", "replay"], not: ["documentation"]),
        Completed("arpguard te", ["telemetry"], not: ["config"]),
        Completed("arpguard telemetry ", ["status", "enable"], not: ["replay"]),
        Completed("arpguard --home /tmp telemetry ", ["status"], not: ["replay"]),
        Completed("arpguard --home telemetry con", ["config"]),
        Completed("arpguard telemetry status --for", ["--format"], not: ["--home"]),
        Completed("arpguard telemetry status --format ", ["json", "table"]),
        Completed("arpguard config get telemetry.upload_r", ["telemetry.upload_review"]),
        Completed("arpguard telemetry show --type ", ["app_start", "error"], not: ["status"]),
        Completed("arpguard watch -i ", ["lo"], not: ["--gateway"]),
        Completed("arpguard completion ", ["bash", "fish", "zsh"]),
        Completed("arpguard replay own", ["own file.pcap"]),
    ]

    @Test(arguments: asked)
    func `bash offers what may follow`(asked: Completed) throws {
        let script = """
            source <("$0" completion bash) || exit 1
            COMP_LINE=$1; read -r -a COMP_WORDS <<< "$1"
            [[ $1 == *' ' ]] && COMP_WORDS+=('')
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            compopt() { :; }
            _arpguard; printf '%s\\n' "${COMPREPLY[@]}"
            """
        expect(asked, try offers("/bin/bash", ["--norc", "-c", script], asked))
    }

    @Test func `bash takes a value behind its sign of equality`() throws {
        let script = """
            source <("$0" completion bash)
            COMP_WORDS=(arpguard --format = js) COMP_CWORD=3
            _arpguard; printf '%s\\n' "${COMPREPLY[@]}"
            """
        let asked = Completed("arpguard --format=js", ["json"], not: ["table"])
        expect(asked, try offers("/bin/bash", ["--norc", "-c", script], asked))
    }

    static let fish = InstalledShell(name: "fish")
    static let zsh = InstalledShell(name: "zsh")

    @Test(.enabled(if: fish.isThere, "fish is not installed"), arguments: asked)
    func `fish offers what may follow`(asked: Completed) throws {
        let script = """
            set -l program $argv[1]
            $program completion fish | source
            complete -C $argv[2]
            """
        // A word and its description stand in one line, with a tab between them.
        let offered = try offers(Self.fish.path, ["--no-config", "-c", script], asked)
        expect(asked, Set(offered.map { String($0.prefix { $0 != "\t" }) }))
    }

    /// zsh completes on a terminal only: here a pseudo terminal, and a `compadd` that tells what
    /// it is given, one word a line behind an `@`.
    private static let zshSetup = """
        PROMPT=
        autoload -Uz compinit; compinit -u -D
        source <($PROGRAM completion zsh)
        bindkey '^I' complete-word
        tell-end() { print -r -- DO""NE; exit }
        at-start() { comppostfuncs=(tell-end) }
        compprefuncs=(at-start)
        compadd() {
            [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]] && { builtin compadd "$@"; return }
            typeset -a hits
            builtin compadd -A hits "$@"
            builtin compadd "$@"
            print -rl -- '' "@"$^hits
        }
        print -r -- RE""ADY
        """

    // Files are offered by zsh's own _files, which does not pass through that compadd.
    @Test(.enabled(if: zsh.isThere, "zsh is not installed"), arguments: asked.dropLast())
    func `zsh offers what may follow`(asked: Completed) throws {
        let place = try folder()
        try place.write(Self.zshSetup, to: "setup")
        let script = """
            zmodload zsh/zpty
            zpty z zsh -f -i
            zpty -w z "export PROGRAM=$1; source ./setup"
            zpty -r -m z line '*READY*'
            zpty -w -n z "$2"$'\\t'
            zpty -r -m z line '*DONE*'
            print -r -- $line
            """
        defer { withExtendedLifetime(place) {} }
        let result = try CommandRunner.run(
            Self.zsh.path, ["-f", "-c", script, "zsh", Executables.path("arpguard"), asked.line],
            environment: ["HOME": place.path, "TERM": "dumb"], workingDirectory: place.path)
        let words = lines(result.stdout).filter { $0.hasPrefix("@") }.map { String($0.dropFirst()) }
        expect(asked, Set(words))
    }

    @Test(.enabled(if: zsh.isThere, "zsh is not installed"))
    func `zsh takes the script also before its completion was set up`() throws {
        let place = try folder()
        let result = try CommandRunner.run(
            Self.zsh.path,
            ["-f", "-c", "eval \"$($1 completion zsh)\"; print -r -- $_comps[arpguard]", "zsh"]
                + [Executables.path("arpguard")], environment: ["HOME": place.path],
            workingDirectory: place.path)
        #expect(result.stderr.isEmpty)
        #expect(result.stdout == "_arpguard\n")
        #expect(try place.contents() == ["own file.pcap"])
    }

    private func folder() throws -> TemporaryDirectory {
        let folder = try TemporaryDirectory()
        try folder.write("", to: "own file.pcap")
        return folder
    }

    private func offers(
        _ shell: String, _ words: [String], _ asked: Completed
    ) throws -> Set<String> {
        let place = try folder()
        // The folder goes away with its value.
        defer { withExtendedLifetime(place) {} }
        let result = try CommandRunner.run(
            shell, words + [Executables.path("arpguard"), asked.line],
            environment: ["HOME": place.path], workingDirectory: place.path)
        #expect(result.stderr.isEmpty)
        return Set(lines(result.stdout).map { $0.replacing("\\ ", with: " ") })
    }

    private func lines(_ text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).map(String.init)
    }

    private func expect(_ asked: Completed, _ offered: Set<String>) {
        #expect(offered.isSuperset(of: asked.offered))
        #expect(offered.isDisjoint(with: asked.absent))
    }
}
