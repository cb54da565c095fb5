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
    let budget: ByteBudget
    let erasureLimit: RateLimit
    private let newcomers: NewcomerLimit
    private let quota: InstallationQuota
    let logger: Logger
    let sweeps = Mutex(Sweeps())
    private let isFailing = Mutex(false)

    init(
        configuration: CollectorConfiguration, storage: any CollectorStorage,
        clock: any WallClock, random: any RandomSource,
        metrics: CollectorMetrics = CollectorMetrics(), budget: ByteBudget? = nil, logger: Logger
    ) {
        self.configuration = configuration
        self.storage = storage
        self.clock = clock
        self.metrics = metrics
        self.budget = budget ?? ByteBudget(bytesMax: configuration.bytesInFlightMax)
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
        let decision = decide(request)
        guard case .admit(var batches, let tally) = decision else {
            guard case .refuse(let refusal) = decision else { return nil }
            return IntakeAnswer.failure(
                IntakeAnswer.status(of: refusal), refusal.message, to: request)
        }
        let encoding = OTLPEncoding(request) ?? .protobuf
        let limits = takeRoom(for: &batches, of: request)
        let bytes = batches.reduce(0) { $0 + $1.bytesInMemory }
        guard !batches.isEmpty || !tally.counts.isEmpty else {
            return accepted(tally, in: encoding, limits, request)
        }
        guard budget.take(bytes) else {
            settle(limits, batches, [])
            return IntakeAnswer.failure(
                .serviceUnavailable, "too much is waiting to be stored", to: request)
        }
        sweepWhenDue()
        var request = request
        request.body = []
        let (question, submitted) = (request, batches)
        committer.submit(
            GroupCommitter.Submission(batches: submitted, tally: tally) { result in
                self.budget.giveBack(bytes)
                let answer = self.answer(question, encoding, submitted, tally, result, limits)
                self.metrics.count(answer.status)
                later.send(answer)
            })
        return nil
    }

    /// What a request takes of the limits until its batches are stored.
    private struct Limits {
        let newcomers: NewcomerLimit.Room
        let quota: InstallationQuota.Taken
        /// Batches that were left out: their installations have no room left today.
        let overQuota: Int
    }

    private func takeRoom(
        for batches: inout [AdmittedBatch], of request: HTTPRequest
    ) -> Limits {
        let (count, today) = (batches.count, clock.now().day)
        let taken = quota.take(&batches, on: today)
        let overQuota = count - batches.count
        metrics.countOverQuota(overQuota)
        return Limits(
            newcomers: newcomers.admit(&batches, of: network(of: request), on: today),
            quota: taken, overQuota: overQuota)
    }

    private func decide(_ request: HTTPRequest) -> IntakeDecision {
        let today = clock.now().day
        do {
            let logs = try RequestReader(policy: configuration.policy, budget: budget)
                .read(request)
            return try configuration.policy.decide(logs, on: today)
        } catch {
            return .refuse(error)
        }
    }

    /// The answer to a request whose batches were committed, the same for a resend as for the first
    /// sending.
    private func answer(
        _ request: HTTPRequest, _ encoding: OTLPEncoding, _ batches: [AdmittedBatch],
        _ tally: Tally, _ result: Result<[BatchOutcome], StorageError>, _ limits: Limits
    ) -> HTTPResponse {
        let outcomes = (try? result.get()) ?? []
        settle(limits, batches, outcomes)
        if case .failure(let error) = result { return failed(error, request) }
        succeeded()
        var rejected = tally
        for (batch, outcome) in zip(batches, outcomes) {
            rejected.merge(batch.tally)
            switch outcome {
            case .erased: rejected.add(.erased, batch.recordCount)
            case .closed: rejected.add(.day, batch.recordCount)
            case .stored, .resent, .notAdmitted: break
            }
        }
        metrics.count(zip(batches, outcomes), rejected)
        guard !outcomes.contains(.notAdmitted) else {
            return IntakeAnswer.failure(
                .tooManyRequests, "too many new installations from one network", to: request)
        }
        return accepted(rejected, in: encoding, limits, request)
    }

    /// The answer where all was kept that could be.
    private func accepted(
        _ rejected: Tally, in encoding: OTLPEncoding, _ limits: Limits, _ request: HTTPRequest
    ) -> HTTPResponse {
        guard limits.overQuota == 0 else {
            return IntakeAnswer.failure(
                .tooManyRequests, "an installation sent more than is kept of one in a day",
                to: request)
        }
        return IntakeAnswer.accepted(rejected, in: encoding)
    }

    /// Gives back what was taken of the limits for nothing; there are no outcomes after a failure.
    private func settle(
        _ limits: Limits, _ batches: [AdmittedBatch], _ outcomes: [BatchOutcome]
    ) {
        newcomers.settle(
            limits.newcomers, taken: outcomes.count { $0 == .stored(isNew: true) })
        let unstored = batches.enumerated().filter { index, _ in
            guard index < outcomes.count else { return true }
            switch outcomes[index] {
            // A row stands also for what an erased installation sends.
            case .stored, .erased: return false
            case .resent, .closed, .notAdmitted: return true
            }
        }
        quota.settle(limits.quota, unstored: unstored.map(\.element))
    }

    /// The network that a request is from, for the limits of new installations and of erasures
    /// alone: what the proxy says, as far as one is trusted.
    ///
    /// Where it says nothing, all such requests are of one network that nobody knows: else a proxy
    /// that was set up without it would switch the limits off.
    func network(of request: HTTPRequest) -> Int? {
        guard configuration.isBehindProxy else { return request.peerNetwork }
        let last = request.headers.values("X-Forwarded-For").last?.split(separator: ",").last
        if last == nil, metrics.countUnknownNetwork() == 1 {
            logger.log(
                .warning,
                "a request came without X-Forwarded-For, which --behind-proxy needs: "
                    + "have the proxy add it; until then all are of one network")
        }
        return PeerNetwork.number(ofAddress: last ?? "")
    }

    // MARK: - A storage that fails

    /// The answer where the storage failed. It is logged when it begins and when it ends, not once
    /// per request.
    func failed(_ error: StorageError, _ request: HTTPRequest) -> HTTPResponse {
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
