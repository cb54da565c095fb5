// SPDX-License-Identifier: Apache-2.0

import TestKit
import Testing

/// What fuzzing found, and what leads far into each parser, is fed again with every run.
@Suite struct CorpusTests {
    @Test(arguments: try RepositoryRoot.names(in: "Tests/Fuzz/Corpus"))
    func `every kept input is read or refused, and nothing else`(parser: String) throws {
        let folder = "Tests/Fuzz/Corpus/\(parser)"
        let inputs = try RepositoryRoot.names(in: folder).map {
            RepositoryRoot.file("\(folder)/\($0)")
        }
        let result = try CommandRunner.run(
            Executables.path("fuzz"), inputs, environment: ["FUZZ_TARGET": parser],
            deadline: .seconds(120))
        #expect(result.status == 0, "\(result.stderr.suffix(2000))")
        #expect(result.stdout == "\(inputs.count) inputs\n")
        #expect(!inputs.isEmpty)
    }
}
