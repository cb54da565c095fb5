// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The programs that the same build made beside the tests.
package enum Executables {
    /// The absolute path of the program `name`.
    ///
    /// The test process runs from the bundle `arpguardPackageTests.xctest` or from a helper that
    /// loads it; the folder of built products is the one that holds the bundle.
    package static func path(_ name: String) throws -> String {
        for folder in candidateFolders() {
            let program = folder + "/" + name
            if FileManager.default.isExecutableFile(atPath: program) { return program }
        }
        throw TestKitError("no program \(name) beside the tests: \(candidateFolders())")
    }

    private static func candidateFolders() -> [String] {
        let bundles = CommandLine.arguments.filter { $0.hasSuffix(".xctest") }
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        return (bundles + [own].compactMap { $0 }).map {
            URL(fileURLWithPath: $0).deletingLastPathComponent().path
        }
    }
}
