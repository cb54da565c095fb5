// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import Glibc
import JSON
import Modules
import Program
import TestKit
import Testing

/// The commands that messages and reports tell, pasted as they stand.
@Suite struct PastedCommandTests {
    let arpguard: Arpguard
    private var other: String { arpguard.folder.file("jane's home") }
    private var flag: String { "--home '\(other.replacing("'", with: #"'\''"#))'" }

    init() throws { arpguard = try Arpguard() }

    /// Runs the program with the other home.
    private func inOther(_ words: String...) throws -> CommandResult {
        try arpguard(["--home", other] + words)
    }

    private func paste(_ command: String) throws -> CommandResult {
        let program = try Executables.path("arpguard")
        let folder = String(program.dropLast("/arpguard".count))
        return try CommandRunner.run(
            "/bin/sh", ["-c", command],
            environment: [
                "ARPGUARD_HOME": arpguard.home, "HOME": arpguard.folder.path, "PATH": folder,
            ])
    }

    private func stored(_ flags: [String]) throws -> Int64? {
        let status = try arpguard(flags + ["telemetry", "status", "--format", "json"])
        return try JSONValue.parse(status.stdout)["events"]?["recorded"]?.integerValue
    }

    @Test func `what a disable in one home tells to paste deletes in that one alone`() throws {
        for flags in [[], ["--home", other]] {
            #expect(try arpguard(flags + ["telemetry", "enable", "--confirm"]).status == 0)
            #expect(try arpguard(flags + ["replay", "--sample"]).status == 1)
        }
        let own = try stored([])
        #expect(own != 0)
        let told = try inOther("telemetry", "disable").stdout
        let command = try #require(told.firstMatch(of: /from now on; (.*) removes it/)?.1)
        #expect(command == "arpguard \(flag) telemetry delete-data --confirm")
        let pasted = try paste(String(command))
        #expect(pasted.status == 0, "\(pasted)")
        #expect(try stored([]) == own)
        #expect(try stored(["--home", other]) == 0)
    }

    @Test func `what asks again for an erasure in one home asks for that one's`() throws {
        let server = try FakeServer(.answer(503), .answer(503), .answer(503))
        let set = try inOther("config", "set", "telemetry.upload_url", server.url())
        #expect(set.status == 0)
        #expect(try inOther("telemetry", "enable", "--confirm").status == 0)
        #expect(try inOther("replay", "--sample").status == 1)
        #expect(try inOther("telemetry", "upload").status != 0)
        let told = try inOther("telemetry", "delete-data", "--confirm").stdout
        #expect(told.contains("timer runs: arpguard \(flag) telemetry upload"), "\(told)")
    }

    @Test func `what mends the rights of a folder mends that one, whatever its name`() throws {
        let folder = arpguard.folder.file("a b;touch made")
        let set = try arpguard("config", "set", "telemetry.storage_path", folder)
        #expect(set.status == 0)
        #expect(try arpguard("telemetry", "enable", "--confirm").status == 0)
        let files = RealFileSystem()
        try files.setMode(0o777, of: folder)
        let told = try arpguard("telemetry", "enable", "--confirm").stderr
        let command = try #require(told.firstMatch(of: /hint: (chmod .*)/)?.1)
        let path = "PATH=/usr/bin:/bin; cd '\(arpguard.folder.path)'"
        #expect(try paste("\(path); \(command)").status == 0, "\(command)")
        #expect(try arpguard("telemetry", "enable", "--confirm").status == 0)
        #expect(try files.status(of: arpguard.folder.file("made")) == nil)
    }

    @Test func `messages, reports and the state tell commands for the home that is meant`() throws {
        let hint = try inOther("telemetry", "enable").stderr
        #expect(hint.contains("hint: arpguard \(flag) telemetry enable --confirm"), "\(hint)")
        let undecided = try inOther("telemetry", "status").stdout
        #expect(undecided.contains("decide:  arpguard \(flag) telemetry enable"), "\(undecided)")
        #expect(try inOther().stdout.contains("arpguard \(flag) telemetry status  see"))
        let sudo = geteuid() == 0 ? "" : "sudo "
        let watch = "none has run in this home: \(sudo)arpguard \(flag) watch"
        #expect(try inOther("status").stdout.contains(watch))
        #expect(try inOther("telemetry", "disable").status == 0)
        let off = try inOther("telemetry", "status").stdout
        #expect(off.contains("to record:  arpguard \(flag) telemetry enable"), "\(off)")
    }

    @Test func `a helper tells them so too`() throws {
        let advice = "telemetry status tells what to do"
        let other = try inOther("telemetry", "upload").stderr
        #expect(other.contains("; arpguard \(flag) \(advice)"), "\(other)")
    }

    @Test func `what is told by a home that a variable names deletes in that one alone`() throws {
        let variable = ["ARPGUARD_HOME": other]
        for environment in [[:], variable] {
            let yes = try arpguard("telemetry", "enable", "--confirm", environment: environment)
            #expect(yes.status == 0)
            #expect(try arpguard("replay", "--sample", environment: environment).status == 1)
        }
        let own = try stored([])
        let told = try arpguard("telemetry", "disable", environment: variable).stdout
        let command = try #require(told.firstMatch(of: /from now on; (.*) removes it/)?.1)
        #expect(try paste(String(command)).status == 0)
        #expect(try stored([]) == own)
        #expect(try stored(["--home", other]) == 0)
    }

    /// What a terminal shows of a command, up to a word.
    private func shown(_ arguments: [String], until word: String) throws -> String {
        let terminal = try PseudoTerminal(
            Executables.path("arpguard"), arguments, environment: ["HOME": arpguard.folder.path])
        defer { _ = terminal.end() }
        return try terminal.waitFor(word)
    }

    @Test func `a terminal shows the home of a command as one word`() throws {
        let home = arpguard.folder.file("my  lab folder with a name for which no line has room")
        #expect(try arpguard("--home", home, "telemetry", "enable", "--confirm").status == 0)
        #expect(try arpguard("--home", home, "replay", "--sample").status == 1)
        let told = try shown(["--home", home, "telemetry", "disable"], until: "removes")
        #expect(told.contains("'\(home)'"), "\(told)")
    }

    @Test func `a terminal shows a command on one line, whatever stands before it`() throws {
        let home = arpguard.folder.file("lab capture")
        let told = try shown(["--home", home, "telemetry", "status"], until: "schema")
        #expect(told.contains("arpguard --home '\(home)' telemetry enable"), "\(told)")
    }

    @Test func `the name of a file is told as it is, whatever it holds`() throws {
        let file = arpguard.folder.file("my arpguard replay x.gz")
        try arpguard.folder.write([0x1F, 0x8B, 8, 0], to: "my arpguard replay x.gz")
        let told = try inOther("replay", file).stderr
        #expect(told.contains("error: \(file) is compressed"), "\(told)")
        #expect(told.contains("zcat '\(file)' | arpguard \(flag) replay -"), "\(told)")
    }

    @Test(arguments: [["telemetry", "enable", "--confirm"], ["replay", "--sample"]])
    func `a home is told from one whose name is no UTF-8 by its bytes`(words: [String]) throws {
        let script = #"""
            program=$0 folder=$1; shift
            for name in '\0357\0277\0275' '\0377' '\0377' ''; do
                "$program" --home "$folder/$(printf %b "$name")" "$@" >/dev/null; echo $?
            done
            """#
        let result = try CommandRunner.run(
            "/bin/sh",
            ["-c", script, Executables.path("arpguard"), arpguard.folder.path] + words)
        let good = words[0] == "replay" ? "1" : "0"
        #expect(result.stdout == "\(good)\n2\n2\n\(good)\n", "\(result.stderr)")
        #expect(result.stderr.contains("has a name that is no UTF-8"), "\(result.stderr)")
    }

    @Test func `what reads a compressed capture has the flags that were given`() throws {
        let file = try arpguard.folder.write([0x1F, 0x8B, 8, 0], to: "x.gz")
        let told = try inOther(
            "replay", "--sample", "--gateway", "192.0.2.1", file, "--format", "json"
        ).stderr
        let flags = "--format=json --gateway=192.0.2.1"
        #expect(told.contains("zcat \(file) | arpguard \(flag) replay \(flags) -"), "\(told)")
    }

    @Test(arguments: ["telemetry", "config"])
    func `all commands of the program are known where they are told`(noun: String) throws {
        func names(_ help: String) -> [String] {
            let lines = help.split(separator: "\n", omittingEmptySubsequences: false)
            return lines.drop { $0 != "commands:" }.dropFirst().prefix { !$0.isEmpty }
                .filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }
                .compactMap { $0.split(separator: " ").first.map(String.init) }
        }
        let known = Program.commands.words
        let below = names(try arpguard(noun, "--help").stdout)
        #expect(!below.isEmpty && below.sorted() == known[noun]?.sorted(), "\(below)")
        let first = Set(names(try arpguard("--help").stdout))
        #expect(first.subtracting(known.keys) == ["completion"], "\(first)")
        #expect(first.isSuperset(of: known.keys))
    }

    @Test func `a report to others tells commands without the home`() throws {
        let report = try inOther("telemetry", "status", "--redact")
        #expect(report.stdout.contains("arpguard telemetry enable"))
        #expect(!"\(report.stdout)\(report.stderr)".contains("jane"), "\(report)")
    }
}
