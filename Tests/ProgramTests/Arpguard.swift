// SPDX-License-Identifier: Apache-2.0

import TestKit

/// The built program, run with a home of its own and nothing else from outside.
struct Arpguard {
    let folder: TemporaryDirectory

    /// The home; absent at first.
    var home: String { folder.file("own") }

    init() throws { folder = try TemporaryDirectory() }

    func callAsFunction(
        _ words: String..., environment: [String: String] = [:]
    ) throws -> CommandResult {
        try callAsFunction(words, environment: environment)
    }

    func callAsFunction(
        _ words: [String], environment: [String: String] = [:]
    ) throws -> CommandResult {
        var variables = ["ARPGUARD_HOME": home, "HOME": folder.path]
        variables.merge(environment) { $1 }
        return try CommandRunner.run(
            Executables.path("arpguard"), words, environment: variables,
            workingDirectory: folder.path)
    }
}
