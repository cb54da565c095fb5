// SPDX-License-Identifier: Apache-2.0

import Glibc
import KillKit
import Modules
import Telemetry
import TestKit
import Testing

/// A process that was suspended while it holds the store's write lock, and others beside it.
@Suite(.serialized) struct SuspendedProcessTests {
    /// What `shutdown` promises.
    private static let shutdownMilliseconds: Int64 = 250
    private static let events: Int64 = 500

    private let folder: TemporaryDirectory
    private var home: KillHome { KillHome(folder.path) }

    init() throws {
        folder = try TemporaryDirectory()
        try home.control.enable(home.control.terms)
    }

    /// How long a host was held up, in milliseconds.
    private struct Times {
        let start: Int64
        let event: Int64
        let stop: Int64
        let whole: Int64
    }

    private func milliseconds(_ body: () throws -> Void) rethrows -> Int64 {
        Int64(try ContinuousClock().measure(body) / .milliseconds(1))
    }

    private func runHost() throws -> Times {
        var line = ""
        let order = ChildOrder.host(folder: folder.path, events: Self.events)
        let whole = try milliseconds {
            let end = try CommandRunner.run(Executables.path("kill-child"), order.arguments)
            line = end.stdout
        }
        let words = line.split { $0 == " " || $0 == "\n" }
        let numbers = words.compactMap { Int64($0) }
        try #require(numbers.count == 3, "\(line)")
        return Times(start: numbers[0], event: numbers[1], stop: numbers[2], whole: whole)
    }

    /// Takes the lock in a process of its own, and returns once that process is suspended.
    private func suspendHolder() throws -> RunningProcess {
        let holder = try RunningProcess(
            Executables.path("kill-child"), ChildOrder.lock(folder: folder.path).arguments)
        _ = try holder.waitForLine(containing: "locked")
        var information = unsafe siginfo_t()
        let end = unsafe waitid(P_PID, id_t(holder.pid), &information, WSTOPPED | WNOWAIT)
        try #require(end == 0)
        return holder
    }

    /// How much longer than asked for this machine lets a process wait now, four times over.
    private func margin(_ free: Times) -> Int64 {
        let waits = (0..<5).map { _ in
            milliseconds { _ = poll(nil, 0, Int32(Self.shutdownMilliseconds)) }
        }
        let late = (waits.max() ?? 0) - Self.shutdownMilliseconds
        return 100 + 4 * (late + free.start + free.event + free.stop)
    }

    @Test func `neither events nor shutdown wait for a suspended process that has the lock`()
        throws
    {
        let free = try runHost()
        let holder = try suspendHolder()
        let held = try runHost()
        let most = Self.shutdownMilliseconds + margin(free)
        #expect(held.start <= most)
        #expect(held.event <= most)
        #expect(held.stop <= most)
        #expect(held.whole <= free.whole + most)
        holder.kill()
        _ = try holder.waitForEnd()
        try expectAllStored()
    }

    /// Whatever the host was told is accepted is there once the lock is free.
    private func expectAllStored() throws {
        let acknowledgements = try Acknowledgements(home.acknowledgements)
        let accepted = (0..<2).map(acknowledgements.accepted)
        #expect(accepted[0] == 2 * Self.events)
        let findings = KillFindings(
            try home.control.events(), accepted: accepted, refused: [0...0, 0...0], losses: [])
        #expect(findings.isClean, "\(findings)")
    }
}
