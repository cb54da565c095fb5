// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import TestKit
import Testing

@Suite struct ManualTests {
    static let programs = ["arpguard", "arpguard-collector"]
    static let hasGroff = unsafe access("/usr/bin/groff", X_OK) == 0

    @Test func `the reference is what the programs print`() throws {
        let printed = try Self.programs.map { program in
            try documentation(of: program, "markdown")
        }.joined(separator: "\n")
        let page = try RepositoryRoot.read("docs/cli.md")
        #expect(page == printed, "print it again with: Scripts/reference")
    }

    @Test(arguments: programs)
    func `the manual names every command that help names`(program: String) throws {
        let page = try documentation(of: program, "man")
        let markdown = try documentation(of: program, "markdown")
        let commands = markdown.split(separator: "\n").filter { $0.hasPrefix("## ") }
        #expect(commands.count > 3)
        for command in commands.dropFirst() {
            let name = command.dropFirst(3).replacing("-", with: "\\-")
            let isGroup = !page.contains(".SS \(name)\n")
            #expect(!isGroup || page.contains(".SS \(name) "), "\(name)")
        }
        #expect(!page.contains("documentation FORM"))
        #expect(try documentation(of: program, "man") == page)
    }

    @Test func `the manual explains each key of a configuration file`() throws {
        let listed = try CommandRunner.run(
            Executables.path("arpguard"), ["config", "get", "--home", "/nonexistent"])
        let keys = listed.stdout.split(separator: "\n").dropFirst()
            .compactMap { $0.split(separator: " ").first }
        #expect(keys.count > 20)
        let page = try documentation(of: "arpguard", "man")
        for key in keys { #expect(page.contains(".TP\n\\fB\(key)\\fR\n"), "\(key)") }
        let other = try documentation(of: "arpguard-collector", "man")
        #expect(other.contains("CONFIGURATION\n.TP\n\\fBlisten\\fR\nwhere installations"))
    }

    @Test(.enabled(if: hasGroff, "groff is not installed"), arguments: programs)
    func `the manual is set without a warning`(program: String) throws {
        let page = try documentation(of: program, "man")
        let result = try CommandRunner.run(
            "/usr/bin/groff", ["-man", "-ww", "-Tascii", "-P-cbou", "-"], stdin: Array(page.utf8))
        #expect(result.status == 0)
        #expect(result.stderr.isEmpty)
        #expect(result.stdout.contains("EXIT STATUS"))
    }

    private func documentation(of program: String, _ form: String) throws -> String {
        let result = try CommandRunner.run(Executables.path(program), ["documentation", form])
        try #require(result.status == 0, "\(result.stderr)")
        return result.stdout
    }
}
