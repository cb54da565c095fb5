// SPDX-License-Identifier: Apache-2.0

internal import HTTPServing
private import Synchronization

/// What a collector counts about itself since it started: nothing per installation, network or
/// service.
final class CollectorMetrics: Sendable {
    /// Upper bounds of the buckets of commit times, in milliseconds.
    static let commitBuckets = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]

    struct State: Sendable {
        var answers: [Int: Int] = [:]
        var recordsAdmitted = 0
        var leftOut = Tally()
        var batches: [String: Int] = [:]
        var newInstallations = 0
        var erasures: [String: Int] = [:]
        var unknownNetworks = 0
        var commits = 0
        var commitFailures = 0
        var commitRequests = 0
        var commitNanoseconds: Int64 = 0
        var commitBuckets = [Int](repeating: 0, count: CollectorMetrics.commitBuckets.count)
    }

    private let state = Mutex(State())

    /// All counts, at one moment.
    var current: State { state.withLock { $0 } }

    func count(_ status: HTTPStatus) {
        state.withLock { $0.answers[status.code, default: 0] += 1 }
    }

    func count(_ report: GroupCommitter.Report) {
        let milliseconds = Int(report.nanoseconds / 1_000_000)
        state.withLock { state in
            state.commits += 1
            state.commitRequests += report.requests
            state.commitNanoseconds += report.nanoseconds
            if report.failure != nil { state.commitFailures += 1 }
            for (index, bound) in Self.commitBuckets.enumerated() where milliseconds < bound {
                state.commitBuckets[index] += 1
            }
        }
    }

    func count(
        _ batches: Zip2Sequence<[AdmittedBatch], [BatchOutcome]>, _ rejected: Tally
    ) {
        state.withLock { state in
            state.leftOut.merge(rejected)
            for (batch, outcome) in batches {
                let isOverQuota = batch.isOverQuota && outcome == .notAdmitted
                let word = isOverQuota ? BatchOutcome.overQuota : outcome.word
                state.batches[word, default: 0] += 1
                guard case .stored(let isNew, let folded, _) = outcome else { continue }
                state.recordsAdmitted += batch.recordCount - folded
                if isNew { state.newInstallations += 1 }
            }
        }
    }

    /// Counts a request of which the proxy did not tell the network; how many there were by now.
    func countUnknownNetwork() -> Int {
        state.withLock { state in
            state.unknownNetworks += 1
            return state.unknownNetworks
        }
    }

    func count(_ outcome: ErasureOutcome) {
        state.withLock { $0.erasures[outcome.word, default: 0] += 1 }
    }
}

extension BatchOutcome {
    static let words = ["stored", "resent", "erased", "closed", "not_admitted", overQuota]
    /// Of a batch that was not admitted, since its installation had no room left that day.
    static let overQuota = "over_quota"

    fileprivate var word: String {
        switch self {
        case .stored: "stored"
        case .resent: "resent"
        case .erased: "erased"
        case .closed: "closed"
        case .notAdmitted: "not_admitted"
        }
    }
}

extension ErasureOutcome {
    static let words = ["done", "refused", "full"]

    fileprivate var word: String {
        switch self {
        case .erased: "done"
        case .refused: "refused"
        case .full: "full"
        }
    }
}
