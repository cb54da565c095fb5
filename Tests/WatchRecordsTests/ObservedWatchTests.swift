// SPDX-License-Identifier: Apache-2.0

import Modules
import TestKit
import Testing

@testable import WatchRecords

/// What can be told of a watch from outside, where it says nothing or nothing new.
struct ObservedWatchTests {
    private static let now = ManualClock().now()
    private let folder: TemporaryDirectory
    private let file: WatchStateFile

    init() throws {
        folder = try TemporaryDirectory()
        file = WatchStateFile(home: folder.path, files: RealFileSystem())
    }

    private func write(secondsAgo: Int64) throws {
        var state = WatchState(process: 7, since: 0)
        state.written = Self.now.nanoseconds - secondsAgo * 1_000_000_000
        try file.write(state)
    }

    @Test(arguments: [(0, false), (30, false), (31, true), (-30, false), (-31, true)])
    func `a state is news of a watch that runs for half a minute`(
        secondsAgo: Int64, isStale: Bool
    ) throws {
        try write(secondsAgo: secondsAgo)
        #expect(try !file.look().isStale(at: Self.now))
        #expect(try file.look().uploadHold(at: Self.now) == nil)
        let lock = try #require(try file.lock())
        #expect(try file.look().isStale(at: Self.now) == isStale)
        #expect(try file.look().uploadHold(at: Self.now) == (isStale ? .unknown : nil))
        withExtendedLifetime(lock) {}
    }

    @Test(arguments: [Int64.min, .max])
    func `a time that no watch writes is no news`(written: Int64) {
        var state = WatchState(process: 7, since: 0)
        state.written = written
        #expect(
            ObservedWatch(isRunning: true, hasRun: true, state: state).isStale(
                at: Timestamp(nanoseconds: -5)))
    }

    @Test(arguments: ["", "{", "[]", String(repeating: "x", count: 1 << 17)])
    func `a watch that runs and says nothing that can be read holds uploads up`(
        text: String
    ) throws {
        #expect(try file.look() == ObservedWatch(isRunning: false, hasRun: false, state: nil))
        let lock = try #require(try file.lock())
        let silent = ObservedWatch(isRunning: true, hasRun: true, state: nil)
        #expect(try file.look() == silent)
        try folder.write(text, to: "watch.json")
        #expect(try file.look() == silent)
        #expect(silent.uploadHold(at: Self.now) == .unknown)
        withExtendedLifetime(lock) {}
    }

    @Test func `a watch that has ended without a word holds nothing up`() throws {
        _ = try file.lock()
        try folder.write("{", to: "watch.json")
        let ended = try file.look()
        #expect(ended == ObservedWatch(isRunning: false, hasRun: true, state: nil))
        #expect(ended.uploadHold(at: Self.now) == nil)
    }

    @Test func `a contest is the reason that is told, however old the state`() throws {
        var state = WatchState(process: 7, since: 0)
        state.contestedUntil = Self.now.nanoseconds + 1
        try file.write(state)
        let lock = try #require(try file.lock())
        #expect(try file.look().uploadHold(at: Self.now) == .contested)
        withExtendedLifetime(lock) {}
    }
}
