// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestKit
import Testing

/// A copy of the program with helpers that only tell how they were started.
struct Installation {
    static let helper = """
        #!/bin/sh
        echo "$0"
        for word in "$@"; do echo "[$word]"; done
        echo "expects $ARPGUARD_EXPECT_VERSION"
        cat
        exit 1

        """

    let folder: TemporaryDirectory
    var program: String { folder.file("bin/arpguard") }

    init(helperIn place: String?) throws {
        folder = try TemporaryDirectory()
        let program = try Executables.path("arpguard")
        try Self.shell("mkdir -p \"$0/bin\" && cp \"$1\" \"$0/bin\"", folder.path, program)
        if let place { try addHelper(place) }
    }

    func addHelper(
        _ place: String, mode: String = "755", holding text: String = helper
    ) throws {
        try Self.shell(
            "mkdir -p \"$0\" && cat > \"$0/arpguard-watch\" && chmod \"$1\" \"$0/arpguard-watch\"",
            folder.file(place), mode, stdin: text)
    }

    /// What is to be run is written by another process: a file that this one holds open for
    /// writing, perhaps through a child of another test, can't be started.
    private static func shell(_ script: String, _ words: String..., stdin: String = "") throws {
        let result = try CommandRunner.run(
            "/bin/sh", ["-c", script] + words, stdin: Array(stdin.utf8))
        try #require(result.status == 0, "\(result.stderr)")
    }

    func replay(environment: [String: String] = [:]) throws -> CommandResult {
        try CommandRunner.run(
            program, ["replay", "--gateway", "192.0.2.1", "a b.pcap", "--", "-x"],
            environment: environment.merging(["ARPGUARD_HOME": folder.file("own")]) { $1 },
            stdin: Array("frames".utf8))
    }
}

@Suite struct HelperTests {
    @Test(arguments: ["bin", "libexec/arpguard"])
    func `replay becomes the helper, with the same words, input and status`(place: String) throws {
        let installation = try Installation(helperIn: place)
        let result = try installation.replay()
        #expect(result.status == 1)
        let lines = result.stdout.split(separator: "\n").map(String.init)
        #expect(lines.first?.hasSuffix("/arpguard-watch") == true)
        #expect(
            lines.dropFirst() == [
                "[replay]", "[--gateway]", "[192.0.2.1]", "[a b.pcap]", "[--]", "[-x]",
                "expects 0.1.0", "frames",
            ])
    }

    @Test func `the helper beside the program comes first`() throws {
        let installation = try Installation(helperIn: "libexec/arpguard")
        try installation.addHelper("bin")
        #expect(try installation.replay().stdout.hasPrefix(installation.folder.file("bin/")))
    }

    @Test func `a link to the program finds the program's helpers`() throws {
        let installation = try Installation(helperIn: "libexec/arpguard")
        let link = installation.folder.file("link")
        try #require(unsafe symlink(installation.program, link) == 0)
        #expect(try CommandRunner.run(link, ["replay", "x"]).status == 1)
    }

    @Test func `PATH is not searched`() throws {
        let installation = try Installation(helperIn: nil)
        try installation.addHelper("elsewhere")
        let result = try installation.replay(
            environment: ["PATH": installation.folder.file("elsewhere") + ":/bin:/usr/bin"])
        let bin = installation.folder.file("bin")
        #expect(result.status == 2)
        #expect(
            result.stderr == """
                arpguard: error: arpguard-watch is missing: it stands neither in \(bin) nor in \
                \(bin)/../libexec/arpguard
                arpguard: hint: install all programs of arpguard from one package

                """)
    }

    @Test func `a helper that nobody may run is told with what to do`() throws {
        let installation = try Installation(helperIn: nil)
        try installation.addHelper("bin", mode: "644")
        let result = try installation.replay()
        let helper = installation.folder.file("bin/arpguard-watch")
        #expect(result.status == 2)
        #expect(
            result.stderr == """
                arpguard: error: \(helper) is no program: its mode lets nobody run it
                arpguard: hint: chmod a+x \(helper)

                """)
    }

    @Test func `a file that nobody may run hides no helper behind it`() throws {
        let installation = try Installation(helperIn: "libexec/arpguard")
        try installation.addHelper("bin", mode: "644")
        #expect(try installation.replay().stdout.contains("/libexec/arpguard/arpguard-watch"))
    }

    @Test func `a helper that the machine can't start is told with what to do`() throws {
        let installation = try Installation(helperIn: nil)
        try installation.addHelper("bin", holding: "\u{7F}ELF")
        let result = try installation.replay()
        #expect(result.status == 2)
        #expect(
            result.stderr == """
                arpguard: error: arpguard-watch can't be started: \
                \(installation.folder.file("bin/arpguard-watch")): Exec format error
                arpguard: hint: install all programs of arpguard from one package

                """)
    }

    @Test func `a program of another version than expected refuses`() throws {
        let result = try CommandRunner.run(
            Executables.path("arpguard"), ["--version"],
            environment: ["ARPGUARD_EXPECT_VERSION": "0.0.9"])
        #expect(result.status == 2)
        #expect(result.stdout.isEmpty)
        #expect(
            result.stderr == """
                arpguard: error: arpguard is version 0.1.0, but version 0.0.9 was expected
                arpguard: hint: install all programs of arpguard from one package

                """)
    }
}
