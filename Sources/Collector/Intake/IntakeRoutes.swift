// SPDX-License-Identifier: Apache-2.0

internal import HTTPServing
internal import Modules
internal import Synchronization

/// The answers of the intake listener. Nothing here sees or keeps who is on the other side.
final class IntakeRoutes: Sendable {
    let configuration: CollectorConfiguration
    let storage: any CollectorStorage
    let clock: any WallClock
    let metrics: CollectorMetrics
    let committer: GroupCommitter
    private let room: BodyRoom
    let erasureLimit: RateLimit
    private let newcomers: NewcomerLimit
    private let quota: InstallationQuota
    let logger: Logger
    let sweeps = Mutex(Sweeps())
    private let isFailing = Mutex(false)

    init(
        configuration: CollectorConfiguration, storage: any CollectorStorage,
        clock: any WallClock, random: any RandomSource,
        metrics: CollectorMetrics = CollectorMetrics(), room: BodyRoom? = nil, logger: Logger
    ) {
        self.configuration = configuration
        self.storage = storage
        self.clock = clock
        self.metrics = metrics
        self.room = room ?? configuration.room
        self.logger = logger
        erasureLimit = RateLimit(perMinuteMax: configuration.erasuresPerMinuteMax)
        newcomers = NewcomerLimit(max: configuration.newPerNetworkMax, random: random)
        quota = InstallationQuota(max: configuration.bytesPerInstallationMax, random: random)
        committer = GroupCommitter(storage: storage, clock: clock, random: random) {
            metrics.count($0)
        }
    }

    /// The routing table.
    var handler: any HTTPHandler {
        CountingHandler(
            Router(
                [
                    Route(.post, "/v1/logs", later: takeLogs),
                    Route(.delete, "/v1/installations/{id}", later: erase),
                    Route(.get, "/healthz") { _ in .text(.ok, "ok") },
                ],
                refusal: { request, status in
                    IntakeAnswer.failure(status, status.description.lowercased(), to: request)
                }), metrics)
    }

    /// Answers a request on this thread, however long its commit takes.
    func respond(to request: HTTPRequest) -> HTTPResponse {
        let later = LaterReply()
        return handler.respond(to: request, later: later) ?? later.wait()
    }

    private func takeLogs(_ request: HTTPRequest, _ later: LaterReply) -> HTTPResponse? {
        let network = network(of: request)
        let room = RequestRoom(self.room, of: request, network: network)
        let today = clock.now().day
        do {
            let logs = try RequestReader(policy: configuration.policy, room: room).read(request)
            var decision = try configuration.policy.decide(logs, on: today)
            let limits = takeLimits(for: &decision.batches, of: network, on: today)
            try submit(
                Brought(
                    request: request, encoding: OTLPEncoding(request) ?? .protobuf,
                    batches: decision.batches, tally: decision.tally, limits: limits),
                room, later)
            return nil
        } catch {
            return IntakeAnswer.failure(IntakeAnswer.status(of: error), error.message, to: request)
        }
    }

    /// What a request takes of the limits until its batches are stored.
    private struct Limits {
        let newcomers: NewcomerLimit.Room
        let quota: InstallationQuota.Taken
    }

    /// What a request brings, until it is answered.
    private struct Brought {
        /// The request, of which only the head is needed still.
        var request: HTTPRequest
        let encoding: OTLPEncoding
        let batches: [AdmittedBatch]
        let tally: Tally
        let limits: Limits
    }

    private func takeLimits(
        for batches: inout [AdmittedBatch], of network: Int?, on today: Day
    ) -> Limits {
        let taken = quota.take(&batches, on: today)
        return Limits(
            newcomers: newcomers.admit(&batches, of: network, on: today), quota: taken)
    }

    /// Has stored what a request brings, and answers it then.
    private func submit(
        _ brought: Brought, _ room: RequestRoom, _ later: LaterReply
    ) throws(IntakeRefusal) {
        var brought = brought
        brought.request.body = []
        guard !brought.batches.isEmpty || !brought.tally.counts.isEmpty else {
            return send(IntakeAnswer.accepted(brought.tally, in: brought.encoding), later)
        }
        let bytes = brought.batches.reduce(0) { $0 + $1.bytesInMemory }
        do {
            try room.take(bytes, busy: "too much is waiting to be stored")
        } catch {
            settle(brought, [])
            throw error
        }
        sweepWhenDue()
        committer.submit(
            GroupCommitter.Submission(batches: brought.batches, tally: brought.tally) {
                [brought] result in
                room.giveBack(bytes)
                self.send(self.answer(brought, result), later)
            })
    }

    private func send(_ answer: HTTPResponse, _ later: LaterReply) {
        metrics.count(answer.status)
        later.send(answer)
    }

    /// The answer to a request whose batches were committed, the same for a resend as for the first
    /// sending.
    private func answer(
        _ brought: Brought, _ result: Result<[BatchOutcome], StorageError>
    ) -> HTTPResponse {
        let outcomes = (try? result.get()) ?? []
        settle(brought, outcomes)
        if case .failure(let error) = result { return failed(error, brought.request) }
        succeeded()
        var (rejected, counted) = (brought.tally, brought.tally)
        var refused: [AdmittedBatch] = []
        for (batch, outcome) in zip(brought.batches, outcomes) {
            guard let tally = batch.leftOut(outcome) else {
                refused.append(batch)
                continue
            }
            rejected.merge(tally)
            // It was counted when it came for the first time.
            if !outcome.isResent { counted.merge(tally) }
        }
        metrics.count(zip(brought.batches, outcomes), counted)
        guard refused.allSatisfy(\.isOverQuota) else {
            return IntakeAnswer.failure(
                .tooManyRequests, "too many new installations from one network",
                to: brought.request)
        }
        guard refused.isEmpty else {
            return IntakeAnswer.failure(
                .tooManyRequests, "an installation sent more than is kept of one in a day",
                to: brought.request)
        }
        return IntakeAnswer.accepted(rejected, in: brought.encoding)
    }

    /// Gives back what was taken of the limits for nothing; there are no outcomes after a failure.
    private func settle(_ brought: Brought, _ outcomes: [BatchOutcome]) {
        let taken = outcomes.count(where: \.isNew)
        newcomers.settle(brought.limits.newcomers, taken: taken)
        let unstored = brought.batches.enumerated().filter { index, _ in
            guard index < outcomes.count else { return true }
            switch outcomes[index] {
            // A row stands also for what an erased installation sends.
            case .stored, .erased: return false
            case .resent, .closed, .notAdmitted: return true
            }
        }
        quota.settle(brought.limits.quota, unstored: unstored.map(\.element))
    }

    /// The network that a request is from, for the limits of new installations, of erasures and of
    /// memory alone. A proxy that says nothing of it is told of.
    func network(of request: HTTPRequest) -> Int? {
        if configuration.isBehindProxy, CollectorConfiguration.forwardedNetwork(request) == nil,
            metrics.countUnknownNetwork() == 1
        {
            logger.log(
                .warning,
                "a request came without X-Forwarded-For, or with no address or one of this "
                    + "machine as its last: --behind-proxy needs that of the client there, so have "
                    + "the proxy add it; until then all are of one network")
        }
        return configuration.network(of: request)
    }

    // MARK: - A storage that fails

    /// The answer where the storage failed. It is logged when it begins and when it ends, not once
    /// per request; a file that is written anew is no failure.
    func failed(_ error: StorageError, _ request: HTTPRequest) -> HTTPResponse {
        guard error.code != .rewriting else {
            return IntakeAnswer.failure(.serviceUnavailable, error.description, to: request)
        }
        if changes(isFailing: true) { logger.log(.error, error.description) }
        return IntakeAnswer.failure(.serviceUnavailable, "the store failed", to: request)
    }

    func succeeded() {
        if changes(isFailing: false) { logger.log(.warning, "the store works again") }
    }

    private func changes(isFailing now: Bool) -> Bool {
        isFailing.withLock { before in
            defer { before = now }
            return before != now
        }
    }
}

extension BatchOutcome {
    /// Whether nothing was known of the installation.
    fileprivate var isNew: Bool { if case .stored(true, _, _) = self { true } else { false } }

    /// Whether the batch had come before.
    fileprivate var isResent: Bool { if case .resent = self { true } else { false } }
}

extension AdmittedBatch {
    /// What of the batch is in no figure, by what became of it; nil if all is refused for now.
    fileprivate func leftOut(_ outcome: BatchOutcome) -> Tally? {
        var tally = tally
        switch outcome {
        case .erased: tally.add(.erased, recordCount)
        case .closed: tally.add(.day, recordCount)
        case .stored(_, let folded, _), .resent(let folded): tally.add(.day, folded)
        case .notAdmitted: return nil
        }
        if case .stored(_, _, let leftOut) = outcome { tally.add(.share, leftOut) }
        return tally
    }
}
