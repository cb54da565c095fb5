// SPDX-License-Identifier: Apache-2.0

import Glibc
import Modules
import TestKit
import Testing

@Suite struct ShellTextTests {
    static let texts = [
        "", "plain", "two  words", "jane's home", "$HOME `id` \\n \"", "a\tb 'c' \\d",
        "\u{202E}é\n.", "\u{1}23",
        "x'\u{301};echo no;'\u{301}", "\u{200F}\u{61C}", "%d\u{1}%s!-~ \"`\\c$(id)'\u{7F}\u{9B}",
        "\n\n x",
    ]

    /// What people paste into; the first is the one that each system has.
    static let shells = ["/bin/sh", "/bin/bash", "/bin/dash", "/usr/bin/zsh"]
        .filter { (path: String) in unsafe access(path, X_OK) == 0 }

    @Test(arguments: texts, shells)
    func `every shell reads a quoted text as it is`(text: String, shell: String) throws {
        let result = try CommandRunner.run(
            shell, ["-c", "printf %s \(ShellText.quoted(text))"], environment: [:])
        #expect(result.stdout == text)
        #expect(result.status == 0)
    }

    @Test func `a folder whose name ends with line breaks is reached, and no other`() throws {
        let folder = try TemporaryDirectory()
        let files = RealFileSystem()
        for name in ["a", "a\n", "a\n\n"] { try files.createFolder(folder.file(name)) }
        let word = ShellText.quoted(folder.file("a\n"))
        let result = try CommandRunner.run(
            "/bin/sh", ["-c", "rmdir \(word) || : >\(word)/there"],
            environment: ["PATH": "/usr/bin:/bin"])
        #expect(result.status == 0, "\(result.stderr)")
        let found = try ["a", "a\n", "a\n\n"].map { try files.names(in: folder.file($0)) }
        #expect(found == [[], ["there"], []])
    }

    @Test(
        arguments: [
            ("eth0", "eth0"), ("/a-b/c_1.pcap", "/a-b/c_1.pcap"), ("-x", "./-x"), ("", "''"),
            ("a b;touch c", "'a b;touch c'"), ("x$(id)", "'x$(id)'"), ("~", "'~'"),
            ("a\nb", #""$(printf %b 'a\0012b')""#), ("=a", "'=a'"), ("a:b", "'a:b'"),
            ("a.", "'a.'"),
            ("..", "'..'"), ("a.b", "a.b"),
        ])
    func `a name that a shell reads otherwise is quoted, and none is a flag`(
        name: String, told: String
    ) {
        #expect(ShellText.file(name) == told)
    }

    @Test(arguments: texts)
    func `what is quoted stands on one line of printable characters`(text: String) {
        let word = ShellText.quoted(text)
        #expect(!word.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E })
    }
}
