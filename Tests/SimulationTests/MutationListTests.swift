// SPDX-License-Identifier: Apache-2.0

import TestKit
import Testing

/// The list that `make mutate` works through.
@Suite struct MutationListTests {
    @Test(arguments: try RepositoryRoot.names(in: "Tests/Mutations"))
    func `the text that keeps a promise stands once in its file`(name: String) throws {
        let parts = try RepositoryRoot.read("Tests/Mutations/\(name)").split(separator: "\n---\n")
        try #require(parts.count == 3)
        let head = parts[0].split(separator: "\n")
        let file = try #require(head.first { $0.hasPrefix("file: ") }?.dropFirst(6))
        #expect(head.contains { $0.hasPrefix("promise: ") })
        #expect(
            head.contains { $0.hasPrefix("tests: ") } || head.contains("simulation: finds it"))
        let source = try RepositoryRoot.read(String(file))
        #expect(source.ranges(of: parts[1]).count == 1)
        #expect(parts[1] != parts[2])
    }
}
