// SPDX-License-Identifier: Apache-2.0

import Modules
import TestKit
import Testing

@Suite struct ShellTextTests {
    static let texts = [
        "", "plain", "two  words", "jane's home", "$HOME `id` \\n \"", "a\tb 'c' \\d",
        "\u{202E}é\n.", "\u{1}23",
        "x'\u{301};echo no;'\u{301}", "\u{200F}\u{61C}",
    ]

    @Test(arguments: texts)
    func `a shell reads a quoted text as it is`(text: String) throws {
        let result = try CommandRunner.run(
            "/bin/bash", ["-c", "printf %s \(ShellText.quoted(text))"], environment: [:])
        #expect(result.stdout == text)
        #expect(result.status == 0)
    }

    @Test(
        arguments: [
            ("eth0", "eth0"), ("/a-b/c_1.pcap", "/a-b/c_1.pcap"), ("-x", "./-x"), ("", "''"),
            ("a b;touch c", "'a b;touch c'"), ("x$(id)", "'x$(id)'"), ("~", "'~'"),
            ("a\nb", #"$'a\012b'"#), ("=a", "'=a'"), ("a:b", "'a:b'"),
        ])
    func `a name that a shell reads otherwise is quoted, and none is a flag`(
        name: String, told: String
    ) {
        #expect(ShellText.file(name) == told)
    }

    @Test func `every shell reads one without control characters`() throws {
        let result = try CommandRunner.run(
            "/bin/sh", ["-c", "printf %s \(ShellText.quoted("jane's  home"))"], environment: [:])
        #expect(result.stdout == "jane's  home")
    }

    @Test(arguments: texts)
    func `what is quoted stands on one line of printable characters`(text: String) {
        let word = ShellText.quoted(text)
        #expect(!word.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E })
    }
}
