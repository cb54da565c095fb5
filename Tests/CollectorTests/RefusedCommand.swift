// SPDX-License-Identifier: Apache-2.0

import TestKit
import Testing

/// A command line of the collector that can't be done, and what the person is told.
struct RefusedCommand: Sendable, CustomTestStringConvertible {
    let arguments: [String]
    let status: Int32
    let error: String

    var testDescription: String { arguments.joined(separator: " ") }

    /// Runs it in a folder, in which it may change nothing.
    func check(in folder: TemporaryDirectory) throws {
        let before = try folder.contents()
        let result = try CommandRunner.run(
            Executables.path("arpguard-collector"), arguments, workingDirectory: folder.path)
        let lines = result.stderr.split(separator: "\n").map(String.init)
        #expect(result.status == status)
        #expect(lines.first == "arpguard-collector: error: \(error)")
        #expect(lines.dropFirst().first?.hasPrefix("arpguard-collector: hint: ") == true)
        #expect(result.stdout.isEmpty)
        #expect(try folder.contents() == before)
    }
}
