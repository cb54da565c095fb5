// SPDX-License-Identifier: Apache-2.0

import KillKit
import Modules
import Telemetry
import TestKit

/// A fresh home, and processes that record into it until they are killed at random moments.
///
/// The seed decides how many they are and what they do; the moments are the machine's.
struct KillTrial {
    /// The most processes of one trial.
    static let processesMax = 4
    /// How long a process goes on at most after it is ready, in microseconds.
    private static let delayMicrosecondsMax: UInt64 = 60_000

    private let folder: TemporaryDirectory
    private let random: SeededRandom
    private let acknowledgesFirst: Bool
    private var home: KillHome { KillHome(folder.path) }

    init(seed: UInt64, acknowledgesFirst: Bool = false) throws {
        folder = try TemporaryDirectory()
        random = SeededRandom(seed: seed)
        self.acknowledgesFirst = acknowledgesFirst
    }

    /// Starts and kills `processes` processes, in one generation or in two of which the second
    /// meets what the first has left; then compares.
    func run(processes: Int) throws -> KillFindings {
        try home.control.enable(home.control.terms)
        let acknowledgements = try Acknowledgements(home.acknowledgements)
        let first = processes > 1 && draw(2) == 0 ? 1 + draw(processes - 1) : processes
        var writers = 0
        for count in [first, processes - first] where count > 0 {
            let orders = (0..<count).map { _ in order(&writers) }
            try kill(start(orders))
        }
        let control = home.control
        let events = try control.events()
        let status = try control.status()
        guard status.recorded == Int64(events.count), status.recorders.isEmpty else {
            throw TestKitError("\(events.count) events are there, the status says \(status.json)")
        }
        guard let account = try control.account(), account.isBalanced,
            account.stored == status.recorded
        else {
            throw TestKitError("\(try control.account()?.description ?? "no account")")
        }
        return KillFindings(
            events, accepted: (0..<writers).map(acknowledgements.accepted),
            refused: (0..<writers).map(acknowledgements.refused), losses: status.lost,
            unfinished: unfinishedJournals)
    }

    /// 1 if the journal that was set aside last holds nothing at all, not even its own name: its
    /// process died while it made the file.
    private var unfinishedJournals: Int64 {
        let bytes = try? folder.read("home/telemetry/journal.damaged")
        return bytes?.allSatisfy { $0 == 0 } == true ? 1 : 0
    }

    private func order(_ writers: inout Int) -> RecordingOrder {
        let threads = 1 + draw(4)
        defer { writers += threads }
        return RecordingOrder(
            folder: folder.path, firstWriter: writers, threads: threads,
            eventsPerModule: [0, 50, 200, 1000, 5000][draw(5)], shutsDownEarly: draw(2) == 0,
            acknowledgesFirst: acknowledgesFirst)
    }

    private func start(_ orders: [RecordingOrder]) throws -> [RunningProcess] {
        let program = try Executables.path("kill-child")
        let processes = try orders.map {
            try RunningProcess(program, ChildOrder.record($0).arguments)
        }
        for process in processes { _ = try process.waitForLine(containing: "ready") }
        return processes
    }

    /// Kills one after the other, each after a random time in which it must not end by itself.
    private func kill(_ processes: [RunningProcess]) throws {
        for process in processes {
            let delay = random.uniform(below: Self.delayMicrosecondsMax)
            if let early = try? process.waitForEnd(within: .microseconds(delay)) {
                throw TestKitError("ended before it was killed: \(early.stderr)")
            }
        }
        for process in processes {
            let end = try process.waitForEnd()
            guard end.signal == 9 else { throw TestKitError("not killed: \(end.stderr)") }
        }
    }

    private func draw(_ bound: Int) -> Int { Int(random.uniform(below: UInt64(bound))) }
}
