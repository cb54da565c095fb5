// SPDX-License-Identifier: Apache-2.0

import Modules
import TestKit
import Testing

@testable import WatchRecords

struct UploadHoldTests {
    private static let now = ManualClock().now()
    private static let quiet = UploadQuiet.nanoseconds

    @Test(
        arguments: [
            (nil, false), (0, false), (-1, false), (1, true), (quiet, true), (quiet + 1, false),
        ] as [(Int64?, Bool)])
    func `a contest holds uploads up until it is long enough ago, and no longer`(
        left: Int64?, isHeld: Bool
    ) throws {
        let folder = try TemporaryDirectory()
        let file = WatchStateFile(home: folder.path, files: RealFileSystem())
        var state = WatchState(process: 1, since: 0)
        state.contestedUntil = left.map { Self.now.nanoseconds + $0 }
        try file.write(state)
        #expect(try file.read()?.holdsUploads(at: Self.now) == isHeld)
    }

    @Test(arguments: [Int64.min, .max])
    func `a time that no watch writes holds nothing up`(end: Int64) {
        var state = WatchState(process: 1, since: 0)
        state.contestedUntil = end
        #expect(!state.holdsUploads(at: Self.now))
        #expect(!state.holdsUploads(at: Timestamp(nanoseconds: -5)))
    }
}
