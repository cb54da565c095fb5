// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import TestKit
import Testing

/// Counts of the benchmarks against stored thresholds. Times are shown, never judged.
@Suite struct ThresholdTests {
    private static let isFull = unsafe getenv("ARPGUARD_TEST_FULL").map {
        unsafe String(cString: $0) != "0"
    }

    private static func thresholds() throws -> Thresholds {
        let path = RepositoryRoot.file("Benchmarks/thresholds.json")
        let text = try CommandRunner.run("/bin/cat", [path]).stdout
        return try #require(Thresholds(JSONValue.parse(text)))
    }

    @Test(
        .enabled(
            if: isFull ?? false, "builds the benchmarks in release: with make test-full only"))
    func `allocations, system calls and bytes keep to their thresholds`() throws {
        let home = unsafe getenv("HOME").map { unsafe String(cString: $0) }
        let result = try CommandRunner.run(
            RepositoryRoot.file("Scripts/bench"), ["counts"],
            environment: home.map { ["HOME": $0] } ?? [:], deadline: .seconds(1800))
        try #require(result.status == 0, "\(result.stderr)")
        let figures = try result.stdout.split(separator: "\n").map {
            try JSONValue.parse(String($0))
        }
        #expect(try Self.thresholds().complaints(about: figures) == [])
    }

    @Test(
        arguments: [
            (#"{"name":"a","value":2.5}"#, []),
            (#"{"name":"a","value":3}"#, ["a is 3.0, at most 2.5 is allowed"]),
            (#"{"name":"b","value":0}"#, ["a was not measured", "b has no threshold"]),
            (#"{"name":"a"}"#, [#"no figure: {"name":"a"}"#]),
        ])
    func `each count needs a threshold and must not pass it`(
        figure: String, complaints: [String]
    ) throws {
        let thresholds = try #require(Thresholds(["a": 2.5]))
        #expect(try thresholds.complaints(about: [JSONValue.parse(figure)]) == complaints)
    }

    @Test func `the stored thresholds can be read`() throws {
        #expect(try !Self.thresholds().limits.isEmpty)
    }
}
