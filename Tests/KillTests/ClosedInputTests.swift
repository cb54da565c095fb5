// SPDX-License-Identifier: Apache-2.0

import KillKit
import Telemetry
import TestKit
import Testing

/// A host program that was started without standard input.
@Suite struct ClosedInputTests {
    @Test func `no file of telemetry takes the place of a standard descriptor`() throws {
        let folder = try TemporaryDirectory()
        let home = KillHome(folder.path)
        try home.control.enable(home.control.terms)
        let order = RecordingOrder(
            folder: folder.path, firstWriter: 0, threads: 1, eventsPerModule: 0)
        let process = try RunningProcess(
            "/bin/sh",
            ["-c", "exec \"$0\" \"$@\" 0<&-", Executables.path("kill-child")]
                + ChildOrder.record(order).arguments)
        _ = try process.waitForLine(containing: "ready")
        let files = (0..<3).compactMap(process.target)
        #expect(!files.contains { $0.hasPrefix("\(folder.path)/home") }, "\(files)")
        process.kill()
        _ = try process.waitForEnd()
    }
}
