// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
internal import Modules
private import Synchronization

/// Commits what requests bring in groups: while one commit runs, the next group gathers. Erasures
/// take their turn between commits, so that in one collector they race nothing.
final class GroupCommitter: Sendable {
    /// Batches of one commit, so that none takes long.
    private static let batchesMax = 512
    /// Figures of their batches, so that none takes much memory; one request may have as many.
    private static let figuresMax = 16_384
    /// How long a commit waits for as many requests as the last one had: those that its answers let
    /// loose then share one sync with those that came meanwhile.
    private static let gatherMicroseconds = 1000

    /// What one request brings.
    struct Submission: Sendable {
        let batches: [AdmittedBatch]
        let tally: Tally
        /// How many figures the batches have.
        let figures: Int
        let done: @Sendable (Result<[BatchOutcome], StorageError>) -> Void

        init(
            batches: [AdmittedBatch], tally: Tally,
            done: @escaping @Sendable (Result<[BatchOutcome], StorageError>) -> Void
        ) {
            self.batches = batches
            self.tally = tally
            figures = batches.reduce(0) { $0 + $1.figureCount }
            self.done = done
        }
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
        /// How many a commit waits for; 0 while none waits.
        var wanted = 0
    }

    private let storage: any CollectorStorage
    private let clock: any WallClock
    private let random: any RandomSource
    private let report: @Sendable (Report) -> Void
    private let waiting = Mutex(Waiting())
    private let queue = DispatchQueue(label: "collector.commit")
    private let gathered = DispatchSemaphore(value: 0)

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
            if waiting.submissions.count == waiting.wanted { gathered.signal() }
            defer { waiting.isRunning = true }
            return !waiting.isRunning
        }
        if starts { queue.async { self.commitAll() } }
    }

    /// Runs work between two commits.
    func between(_ work: @escaping @Sendable () -> Void) {
        queue.async(execute: work)
    }

    /// Waits until as many requests are there as the last commit had, but not for long.
    private func gather() {
        let waits = waiting.withLock { waiting in
            guard waiting.submissions.count < waiting.lastRequests else { return false }
            waiting.wanted = waiting.lastRequests
            return true
        }
        // A signal that comes too late lets the next group go early, which does no harm.
        if waits { _ = gathered.wait(timeout: .now() + .microseconds(Self.gatherMicroseconds)) }
    }

    /// Commits one group; the next takes its turn after what waits in the queue by then.
    private func commitAll() {
        gather()
        let group = waiting.withLock { waiting in
            waiting.wanted = 0
            var (batches, figures) = (0, 0)
            let end = waiting.submissions.firstIndex { submission in
                let isFull = batches >= Self.batchesMax || figures >= Self.figuresMax
                batches += submission.batches.count
                figures += submission.figures
                return isFull
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
