// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
private import Glibc
internal import Modules
private import Synchronization

/// Commits what requests bring in groups: while one commit runs, the next group gathers. Erasures
/// take their turn between commits, so that in one collector they race nothing.
final class GroupCommitter: Sendable {
    /// Batches of one commit, so that none takes long.
    private static let batchesMax = 512
    /// How long a commit waits for more where the last one had several requests: the requests that
    /// its answers let loose then share one sync with those that came meanwhile.
    private static let gatherMicroseconds: UInt32 = 500

    /// What one request brings.
    struct Submission: Sendable {
        let batches: [AdmittedBatch]
        let tally: Tally
        let done: @Sendable (Result<[BatchOutcome], StorageError>) -> Void
    }

    /// How a commit went.
    struct Report: Sendable {
        let requests: Int
        let batches: Int
        let nanoseconds: Int64
        let failure: StorageError?
    }

    private struct Waiting {
        var submissions: [Submission] = []
        var isRunning = false
        var lastRequests = 0
    }

    private let storage: any CollectorStorage
    private let clock: any WallClock
    private let random: any RandomSource
    private let report: @Sendable (Report) -> Void
    private let waiting = Mutex(Waiting())
    private let queue = DispatchQueue(label: "collector.commit")

    init(
        storage: any CollectorStorage, clock: any WallClock, random: any RandomSource,
        report: @escaping @Sendable (Report) -> Void
    ) {
        self.storage = storage
        self.clock = clock
        self.random = random
        self.report = report
    }

    /// Takes what a request brings; `done` is called once it is durable, or has failed.
    func submit(_ submission: Submission) {
        let starts = waiting.withLock { waiting in
            waiting.submissions.append(submission)
            defer { waiting.isRunning = true }
            return !waiting.isRunning
        }
        if starts { queue.async { self.commitAll() } }
    }

    /// Runs work between two commits.
    func between(_ work: @escaping @Sendable () -> Void) {
        queue.async(execute: work)
    }

    /// Commits one group; the next takes its turn after what waits in the queue by then.
    private func commitAll() {
        if waiting.withLock({ $0.lastRequests > 1 }) { usleep(Self.gatherMicroseconds) }
        let group = waiting.withLock { waiting in
            var count = 0
            let end = waiting.submissions.firstIndex { submission in
                defer { count += submission.batches.count }
                return count >= Self.batchesMax
            }
            let group = waiting.submissions.prefix(end ?? waiting.submissions.count)
            waiting.submissions.removeFirst(group.count)
            waiting.lastRequests = group.count
            return group
        }
        commit(group)
        let goesOn = waiting.withLock { waiting in
            waiting.isRunning = !waiting.submissions.isEmpty
            return waiting.isRunning
        }
        if goesOn { queue.async { self.commitAll() } }
    }

    private func commit(_ submissions: ArraySlice<Submission>) {
        var tally = Tally()
        for submission in submissions { tally.merge(submission.tally) }
        let group = CommitGroup(
            id: random.bytes(CommitGroup.idBytes), batches: submissions.flatMap(\.batches),
            tally: tally, today: clock.now().day)
        let start = clock.uptimeNanoseconds()
        var failure: StorageError?
        do {
            var rest = try storage.commit(group)[...]
            for submission in submissions {
                let own = rest.prefix(submission.batches.count)
                rest = rest.dropFirst(own.count)
                submission.done(.success(Array(own)))
            }
        } catch {
            failure = error
            for submission in submissions { submission.done(.failure(error)) }
        }
        report(
            Report(
                requests: submissions.count, batches: group.batches.count,
                nanoseconds: clock.uptimeNanoseconds() - start, failure: failure))
    }
}
