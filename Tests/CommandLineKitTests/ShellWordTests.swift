// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import TestKit
import Testing

@Suite struct ShellWordTests {
    static let texts = [
        "", "plain", "two  words", "jane's home", "$HOME `id` \\n \"", "a\tb 'c' \\d",
        "\u{202E}é\n.", "\u{1}23",
        "x'\u{301};echo no;'\u{301}",
    ]

    @Test(arguments: texts)
    func `a shell reads a quoted text as it is`(text: String) throws {
        let result = try CommandRunner.run(
            "/bin/bash", ["-c", "printf %s \(ShellWord.quoted(text))"], environment: [:])
        #expect(result.stdout == text)
        #expect(result.status == 0)
    }

    @Test func `every shell reads one without control characters`() throws {
        let result = try CommandRunner.run(
            "/bin/sh", ["-c", "printf %s \(ShellWord.quoted("jane's  home"))"], environment: [:])
        #expect(result.stdout == "jane's  home")
    }

    @Test(arguments: texts)
    func `what is quoted stands on one line of printable characters`(text: String) {
        let word = ShellWord.quoted(text)
        #expect(!word.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E })
    }
}
