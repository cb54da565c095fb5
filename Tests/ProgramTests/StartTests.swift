// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import Modules
import TestKit
import Testing

@Suite struct StartTests {
    let arpguard: Arpguard

    init() throws { arpguard = try Arpguard() }

    @Test func `alone it prints the state and three commands`() throws {
        let result = try arpguard()
        #expect(result.status == 0)
        let status = "\(arpguard.told) telemetry status"
        let watch = "\(geteuid() == 0 ? "" : "sudo ")\(arpguard.told) watch"
        let padding = String(repeating: " ", count: status.count - watch.count)
        let help = String(repeating: " ", count: status.count - "arpguard --help".count)
        #expect(
            result.stdout == """
                version        0.1.0
                home           ~/own
                configuration  fine
                watch          none runs in this home
                telemetry      off: nobody has said yes or no (not_asked)

                \(watch)\(padding)  watch this machine's network
                \(status)  see what is recorded and sent, and decide
                arpguard --help\(help)  list all commands

                """)
        #expect(try arpguard.folder.contents().isEmpty)
    }

    @Test func `alone it tells of a watch that runs in this home`() throws {
        try arpguard.folder.write("", to: "own/watch.lock")
        do {
            let lock = try #require(try RealFileSystem().lock(arpguard.home + "/watch.lock"))
            let text = try arpguard().stdout
            #expect(text.contains("watch          runs\n"))
            #expect(text.contains("\(arpguard.told) status            see what the watch"))
            let json = try JSONValue.parse(arpguard("--format", "json").stdout)
            #expect(json["watch"]?["running"] == true)
            withExtendedLifetime(lock) {}
        }
        #expect(try arpguard().stdout.contains("none runs in this home"))
    }

    @Test func `a faulty configuration shows in the state, which goes on`() throws {
        try arpguard.folder.write("{\"x\": {}}", to: "own/config.json")
        let result = try arpguard("--format", "json")
        #expect(result.status == 0)
        let state = try JSONValue.parse(result.stdout)
        let error = state["configuration"]?["error"]?.stringValue
        #expect(error?.hasSuffix("x: no such section") == true)
        #expect(state["telemetry"]?["blocked_by"] == ["configuration", "not_asked"])
        let text = try arpguard().stdout
        #expect(text.contains("off: the configuration has a fault (configuration); nobody"))
        #expect(text.contains("\(arpguard.told) config check      see all that is wrong"))
    }

    @Test func `the version is told`() throws {
        #expect(try arpguard("--version").stdout == "arpguard 0.1.0\n")
    }

    @Test(arguments: [
        (
            ["frobnicate"], "unknown command 'frobnicate'",
            "one of watch, replay, status, bindings, test-alert, telemetry, config, completion"
        ),
        (["stat"], "unknown command 'stat'", "did you mean 'status'?"),
        (
            ["config", "edit"], "unknown command 'edit'",
            "one of show, get, set, unset, path, check"
        ),
        (["conifg"], "unknown command 'conifg'", "did you mean 'config'?"),
        (
            ["config"], "'arpguard config' needs a command",
            "one of show, get, set, unset, path, check"
        ),
        (["config", "set", "x"], "missing argument VALUE", "see 'arpguard config set --help'"),
        (["enable"], "unknown command 'enable'", "did you mean 'arpguard telemetry enable'?"),
        (["prevew"], "unknown command 'prevew'", "did you mean 'arpguard telemetry preview'?"),
        (
            ["telemetry", "--confirm", "delete-data"],
            "unknown flag '--confirm' before the command that it belongs to",
            "write it behind 'arpguard telemetry delete-data'"
        ),
        (["--gateway=x"], "unknown flag '--gateway'", "it belongs to 'arpguard watch'"),
        (
            ["completion", "csh"], "SHELL 'csh' is not one of bash, zsh, fish",
            "did you mean 'zsh'?"
        ),
        (
            ["replay"], "missing argument FILE",
            "name a capture file, or try the one that comes along: arpguard replay --sample"
        ),
        (["--verion"], "unknown flag '--verion'", "did you mean '--version'?"),
        (["--version=1"], "--version takes no value", "write --version alone"),
        (["config", "--help=1"], "--help takes no value", "write --help alone"),
        (
            ["--home=x", "--service"], "--home and --service exclude each other",
            "give one of them"
        ),
        (
            ["--format", "xml"], "--format 'xml' is not one of table, json", "write one of them"
        ),
        (["--formta", "json"], "unknown flag '--formta'", "did you mean '--format'?"),
    ])
    func `a wrong command line has its own status`(
        words: [String], message: String, hint: String
    ) throws {
        let result = try CommandRunner.run(Executables.path("arpguard"), words)
        #expect(result.status == 64)
        #expect(result.stdout.isEmpty)
        #expect(result.stderr == "arpguard: error: \(message)\narpguard: hint: \(hint)\n")
    }

    @Test(arguments: [
        ["--help"], ["replay", "--help"], ["config", "-h"], ["config", "get", "--help"],
        ["help", "config", "set"],
    ])
    func `help works at every level, without a home`(words: [String]) throws {
        let result = try CommandRunner.run(Executables.path("arpguard"), words)
        #expect(result.status == 0)
        #expect(result.stdout.contains("usage: arpguard"))
        #expect(result.stderr.isEmpty)
    }

    @Test func `a helper that is not installed shows in the state`() throws {
        let installation = try Installation(helperIn: "bin")
        let result = try CommandRunner.run(
            installation.program, environment: ["ARPGUARD_HOME": arpguard.home])
        #expect(result.status == 0)
        let line = result.stdout.split(separator: "\n").first { $0.hasPrefix("programs") }
        #expect(line?.contains("arpguard-upload") == true)
        #expect(line?.contains("arpguard-watch") == false)
        #expect(line?.hasSuffix("can't be found and run: install all from one package") == true)
    }

    @Test func `a full disk behind standard output is a failure`() throws {
        let program = try Executables.path("arpguard")
        let result = try CommandRunner.run("/bin/sh", ["-c", "\"$0\" --help > /dev/full", program])
        #expect(result.status == 2)
        #expect(
            result.stderr == """
                arpguard: error: standard output can't be written: No space left on device
                arpguard: hint: what is missing was not printed; let the output go where there is \
                room

                """)
    }

    /// The right side closes its end before it lets the left side begin.
    @Test func `a closed pipe ends it quietly`() throws {
        let gate = arpguard.folder.file("gate")
        try #require(unsafe mkfifo(gate, 0o600) == 0)
        let script = """
            { cat "$1" > /dev/null; "$0" --help; echo "status $?" >&2; } \
            | { exec <&-; echo > "$1"; }
            """
        let program = try Executables.path("arpguard")
        let result = try CommandRunner.run("/bin/sh", ["-c", script, program, gate])
        #expect(result.stderr == "status 0\n")
    }
}
