// SPDX-License-Identifier: Apache-2.0

import Glibc
import Hashing
import Modules
import Synchronization
import TestKit

@testable import Collector

/// Clients that send batches to several collectors until each is acknowledged, as uploads do: what
/// was not acknowledged is sent again, to whichever collector is next. Some are sent twice.
final class LoadClients: Sendable {
    /// What came of the sending.
    struct Counts: Sendable {
        var acknowledged = 0
        var resent = 0
        /// Answers of 503, and whether each of them said when to come again.
        var refused = 0
        var allSaidWhen = true
        /// Requests without an answer.
        var unanswered = 0
        /// Batches that were not acknowledged in time.
        var givenUp = 0
    }

    static let installations = 40
    static let recordsPerBatch = 3
    private static let threads = 6
    private static let resendEvery = 7
    private static let deadline = Duration.seconds(240)

    private let day: Day
    private let ports: Mutex<[UInt16]>
    private let state = Monitor(Counts())
    private let run = Hex.encode(SystemRandom().bytes(8))

    init(ports: [UInt16], day: Day = SystemClock().now().day) {
        self.ports = Mutex(ports)
        self.day = day
    }

    var counts: Counts { state.read { $0 } }

    /// Sends to another collector in place of one that is gone.
    func replace(_ old: UInt16, with new: UInt16) {
        ports.withLock { $0 = $0.map { $0 == old ? new : $0 } }
    }

    /// Waits until the counts are as asked; nil when that takes too long.
    func wait(_ condition: @escaping @Sendable (Counts) -> Bool) -> Bool {
        state.wait(until: .within(Self.deadline)) { condition($0) ? true : nil } ?? false
    }

    /// Sends batches `range`, each until it is acknowledged.
    func send(_ range: Range<Int>) {
        let next = Atomic(range.lowerBound)
        ParallelThreads.run(Self.threads) { _ in
            while true {
                let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard number < range.upperBound else { return }
                self.deliver(number)
                if number % Self.resendEvery == 0 {
                    self.deliver(number, isResend: true)
                }
            }
        }
    }

    private func deliver(_ number: Int, isResend: Bool = false) {
        let body = request(number)
        let deadline = Deadline.within(Self.deadline)
        var attempt = number + (isResend ? 1 : 0)
        while !deadline.hasPassed {
            let port = ports.withLock { $0[attempt % $0.count] }
            attempt += 1
            let reply = try? HTTPClient.send(
                "POST", "/v1/logs", port: port,
                headers: [HTTPHeader("Content-Type", "application/x-protobuf")], body: body)
            guard let reply else {
                state.update { $0.unanswered += 1 }
                continue
            }
            if reply.status == 200 {
                return state.update {
                    if isResend { $0.resent += 1 } else { $0.acknowledged += 1 }
                }
            }
            state.update {
                $0.refused += 1
                $0.allSaidWhen =
                    $0.allSaidWhen && reply.status == 503
                    && reply.header("Retry-After") != nil
            }
        }
        state.update { $0.givenUp += 1 }
    }

    private func request(_ number: Int) -> [UInt8] {
        var request = SampleRequest(number % Self.installations + 1)
        let digest = SHA256.hash(Array("\(run) \(number)".utf8))
        let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
        request.batch =
            batchText(1, day: day).prefix(10)
            + String(digest.prefix(16).map { alphabet[Int($0 & 31)] })
        for _ in 1...Self.recordsPerBatch { request = request.with("app_start", day: day) }
        return request.bytes
    }

    /// What a store must hold first once `batches` of them were acknowledged, as
    /// `CollectorStorage.lines`.
    func expectedLines(_ batches: Int) -> [String] {
        let installations = min(batches, Self.installations)
        return [
            "\(day) arpguard: \(installations)",
            "event/app_start \(installations) \(batches * Self.recordsPerBatch)",
        ]
    }

    func line(_ title: String, _ lines: [String], isRight: Bool) -> String {
        let counts = counts
        return "cluster: \(title): \(counts.acknowledged) batches acknowledged, \(counts.resent) "
            + "resent, \(counts.refused) answers of 503, \(counts.unanswered) without an answer; "
            + "read back: \(lines.dropFirst().first ?? "nothing"); "
            + (isRight ? "nothing lost, nothing doubled" : "WRONG")
    }
}
