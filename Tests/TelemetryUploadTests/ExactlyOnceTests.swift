// SPDX-License-Identifier: Apache-2.0

import Glibc
import Modules
import SQLite
import Synchronization
import Telemetry
import TestKit
import Testing

/// The real uploader and the real collector, with replies lost, connections reset, requests held
/// and delivered later in another order, and the uploader killed at random: every event arrives,
/// and none twice.
@Suite struct ExactlyOnceTests {
    private static let runs: UInt64 =
        unsafe getenv("ARPGUARD_TEST_FULL").map { unsafe String(cString: $0) != "0" } == true
        ? 500 : 30
    /// So many attempts of one run are disturbed; after that the way is clear.
    private static let blowsMax: UInt64 = 6

    @Test func `nothing is lost and nothing doubled, whatever happens on the way`() throws {
        let collector = try RunningCollector()
        var recorded = 0
        var blows: [String: Int] = [:]
        for seed in 0..<Self.runs {
            recorded += try run(seed, collector, &blows)
        }
        let stored = try collector.storedUIDs()
        #expect(stored.count == recorded)
        #expect(Set(stored).count == recorded)
        // Each kind of disturbance did happen.
        for kind in Blow.kinds { #expect(blows[kind, default: 0] > 0, "\(kind)") }
    }

    /// Records some events and uploads them through all disturbances; how many they are.
    private func run(
        _ seed: UInt64, _ collector: RunningCollector, _ blows: inout [String: Int]
    ) throws -> Int {
        let random = SeededRandom(seed: seed)
        let blow = Mutex(Blow.none)
        let victim = Mutex<RunningProcess?>(nil)
        let relay = try FaultyRelay(to: collector.port, fault: { blow.withLock { $0 }.fault }) {
            if blow.withLock({ $0 }) == .killAtReply { victim.withLock { $0 }?.kill() }
        }
        let url = collector.url(by: relay.port)
        let home = try Home(url: url, clock: ManualClock(SystemClock().now()))
        let batch = 1 + random.uniform(below: 3)
        try home.folder.write(
            #"{"telemetry": {"upload_url": "\#(url)", "max_events_per_batch": \#(batch)}}"#,
            to: "config.json")
        let count = 1 + Int(random.uniform(below: 6))
        home.record(count)
        for _ in 0..<1 + random.uniform(below: Self.blowsMax) {
            let next = Blow.drawn(random)
            blows[next.kind, default: 0] += 1
            blow.withLock { $0 = next }
            _ = try attempt(home, victim, next)
            try letTheWaitPass(home)
        }
        blow.withLock { $0 = .none }
        // Before the last attempt or after it, and in another order.
        let isLate = random.uniform(below: 2) == 0
        if !isLate { _ = try relay.deliverHeld() }
        let last = try attempt(home, victim, .none)
        if isLate { _ = try relay.deliverHeld() }
        #expect(last?.status == 0, "seed \(seed): \(last?.stderr ?? "")")
        let status = try home.control.status()
        #expect(status.uploaded == Int64(count), "seed \(seed)")
        #expect(status.waiting == 0 && status.lost.isEmpty, "seed \(seed)")
        return count
    }

    /// One run of the uploader; nil if it was killed.
    private func attempt(
        _ home: Home, _ victim: borrowing Mutex<RunningProcess?>, _ blow: Blow
    ) throws -> CommandResult? {
        let process = try RunningProcess(
            Executables.path("arpguard-upload"), ["--home", home.folder.path])
        victim.withLock { $0 = process }
        defer { victim.withLock { $0 = nil } }
        if case .killAfter(let milliseconds) = blow {
            // Kills at the deadline, if it comes to that.
            if let result = try? process.waitForEnd(within: .milliseconds(milliseconds)) {
                return result
            }
        }
        let result = try process.waitForEnd()
        return result.signal == nil ? result : nil
    }

    /// What was put off is due at once: the wait is tested elsewhere.
    private func letTheWaitPass(_ home: Home) throws {
        let path = home.folder.file("telemetry/store.sqlite")
        try Connection(path: path, mode: .readWrite)
            .run("UPDATE batches SET next_attempt_at = 0")
    }
}

/// What happens to one attempt.
private enum Blow: Equatable, Sendable {
    case none
    case resetRequest(Int)
    case loseReply(Int)
    case killAtReply
    case killAfter(Int64)
    case crumble
    case hold

    static let kinds = ["resetRequest", "loseReply", "killAtReply", "killAfter", "crumble", "hold"]

    var kind: String {
        switch self {
        case .none: "none"
        case .resetRequest: "resetRequest"
        case .loseReply: "loseReply"
        case .killAtReply: "killAtReply"
        case .killAfter: "killAfter"
        case .crumble: "crumble"
        case .hold: "hold"
        }
    }

    var fault: FaultyRelay.Fault {
        switch self {
        case .none, .killAtReply, .killAfter: .none
        case .resetRequest(let bytes): .resetRequest(afterBytes: bytes)
        case .loseReply(let bytes): .loseReply(afterBytes: bytes)
        case .crumble: .crumble
        case .hold: .hold
        }
    }

    static func drawn(_ random: SeededRandom) -> Blow {
        switch random.uniform(below: 6) {
        case 0: .resetRequest(1 + Int(random.uniform(below: 800)))
        case 1: .loseReply(Int(random.uniform(below: 40)))
        case 2: .killAtReply
        case 3: .crumble
        case 4: .hold
        default: .killAfter(1 + Int64(random.uniform(below: 120)))
        }
    }
}
