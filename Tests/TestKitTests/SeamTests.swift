// SPDX-License-Identifier: Apache-2.0

import Modules
import TestKit
import Testing

struct SeamTests {
    @Test func `a manual clock moves only when told`() {
        let clock = ManualClock()
        let start = clock.now()
        #expect(clock.now() == start)
        clock.advance(by: .seconds(2))
        #expect(clock.now().nanoseconds - start.nanoseconds == 2_000_000_000)
        #expect(clock.uptimeNanoseconds() == 2_000_000_000)
        clock.jump(to: Timestamp(nanoseconds: 5))
        #expect(clock.now().nanoseconds == 5)
        #expect(clock.uptimeNanoseconds() == 2_000_000_000)
    }

    @Test func `the manual clock's default is the day it names`() {
        #expect(ManualClock().now().day.description == "2026-11-23")
    }

    @Test func `one seed gives one sequence, another seed another`() {
        #expect(SeededRandom(seed: 1).bytes(20) == SeededRandom(seed: 1).bytes(20))
        #expect(SeededRandom(seed: 1).bytes(20) != SeededRandom(seed: 2).bytes(20))
    }

    @Test func `a temporary folder goes away with its value`() throws {
        var folder: TemporaryDirectory? = try TemporaryDirectory()
        let file = try #require(try folder?.write("text", to: "a/b"))
        #expect(try folder?.read("a/b") == Array("text".utf8))
        #expect(try folder?.contents() == ["a", "a/b"])
        folder = nil
        #expect(try CommandRunner.run("/usr/bin/test", ["-e", file]).status == 1)
    }

    @Test func `the repository's root holds the manifest`() throws {
        let manifest = RepositoryRoot.file("Package.swift")
        #expect(try CommandRunner.run("/usr/bin/test", ["-f", manifest]).status == 0)
    }

    @Test func `a program of the same build is found beside the tests`() throws {
        #expect(try Executables.path("arpguard").hasSuffix("/arpguard"))
        #expect(throws: TestKitError.self) { try Executables.path("no-such-program") }
    }

    @Test func `an unused port refuses`() throws {
        let port = try Loopback.unusedPort()
        #expect(throws: TestKitError.self) { try HTTPClient.send("GET", "/", port: port) }
    }
}
