// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import Modules
import TestKit
import Testing
import WatchRecords

@testable import arpguard_watch

struct WatchRecordKeeperTests {
    let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    @Test func `a watch on a full disk is not shown with the state of the one before it`() throws {
        let real = WatchStateFile(home: folder.path, files: RealFileSystem())
        try real.write(WatchState(process: 77, since: 5))
        #expect(try real.look().state?.process == 77)
        let sink = MemorySink()
        let keeper = WatchRecordKeeper(
            home: folder.path, files: FailingFiles { $0.hasSuffix("/watch.json") },
            clock: ManualClock(),
            diagnostics: Diagnostics(program: "test", to: sink, environment: Environment([:])))
        let lock = try #require(try keeper.lock("home"))
        for since in 6...7 {
            keeper.write(WatchState(process: 78, since: Int64(since)))
            keeper.finish(within: 10_000)
        }
        let seen = try real.look()
        #expect(seen.isRunning && seen.state == nil)
        #expect(sink.text.split(separator: "\n").count { $0.contains("can't be kept") } == 1)
        withExtendedLifetime(lock) {}
    }
}
