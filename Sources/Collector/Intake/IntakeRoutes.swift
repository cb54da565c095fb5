// SPDX-License-Identifier: Apache-2.0

private import Glibc
internal import HTTPServing
internal import Modules
private import Synchronization

/// The answers of the intake listener. Nothing here sees or keeps who is on the other side.
final class IntakeRoutes: Sendable {
    private static let sweepAgainNanoseconds: Int64 = 60_000_000_000

    let configuration: CollectorConfiguration
    let storage: any CollectorStorage
    let clock: any WallClock
    let metrics: CollectorMetrics
    let committer: GroupCommitter
    let budget: ByteBudget
    let erasureLimit: RateLimit
    private let newcomers: NewcomerLimit
    let logger: Logger
    private let sweeps = Mutex(Sweeps())
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

    /// When days are folded.
    private struct Sweeps {
        var day: Day?
        var nextNanoseconds: Int64 = 0
        var clock = SettledClock()
    }

    /// Folds and deletes what has passed its time, once a day; what failed is tried again after a
    /// minute.
    private func sweep() throws(StorageError) {
        let today = clock.now().day
        try storage.expire(by: configuration.retention, on: today)
        sweeps.withLock { $0.day = today }
    }

    /// Sweeps as of a day of 1970, which changes nothing, so that a store that can't be swept shows
    /// at once, not after the hour that the clock takes to settle.
    func trySweep() throws(StorageError) {
        try storage.expire(
            by: RetentionPolicy(openDays: 0, totalsDays: 0), on: Day(number: 100))
    }

    /// Folds when a day begins also where no request comes; as long as this object is used.
    func keepSweeping() throws(SystemError) {
        let step = UInt32(configuration.sweepCheckMilliseconds) * 1000
        try DetachedThread.start { [weak self] in
            while usleep(step) == 0, let self {
                sweepWhenDue()
                committer.between { self.keepSums() }
            }
        }
    }

    /// Keeps the sums of open days, for a collector that is started after this one.
    func keepSums() {
        do {
            try storage.keepSums()
        } catch {
            logger.log(.warning, "the sums of open days were not kept: \(error)")
        }
    }

    /// Makes readings quick, beside what is done already.
    func readAhead() throws(SystemError) {
        try DetachedThread.start { [storage, logger, today = clock.now().day] in
            do {
                try storage.readAhead(on: today)
            } catch {
                logger.log(.warning, "open days were not read ahead: \(error)")
            }
        }
    }

    /// Sweeps on a day on which that was not done yet, once the clock is settled: what is folded
    /// can't be erased any more.
    func sweepWhenDue() {
        let (now, uptime) = (clock.now(), clock.uptimeNanoseconds())
        let isDue = sweeps.withLock { sweeps in
            let isSettled = sweeps.clock.isSettled(now, uptimeNanoseconds: uptime)
            guard isSettled, sweeps.day != now.day, uptime >= sweeps.nextNanoseconds else {
                return false
            }
            sweeps.nextNanoseconds = uptime + Self.sweepAgainNanoseconds
            return true
        }
        guard isDue else { return }
        committer.between {
            do {
                try self.sweep()
            } catch {
                self.logger.log(.error, "closed days were not folded: \(error)")
            }
        }
    }

    private func takeLogs(_ request: HTTPRequest, _ later: LaterReply) -> HTTPResponse? {
        let decision = decide(request)
        guard case .admit(var batches, let tally) = decision else {
            guard case .refuse(let refusal) = decision else { return nil }
            return IntakeAnswer.failure(
                IntakeAnswer.status(of: refusal), refusal.message, to: request)
        }
        let encoding = OTLPEncoding(request) ?? .protobuf
        guard !batches.isEmpty || !tally.counts.isEmpty else {
            return IntakeAnswer.accepted(tally, in: encoding)
        }
        let bytes = batches.reduce(0) { $0 + $1.bytesInMemory }
        guard budget.take(bytes) else {
            return IntakeAnswer.failure(
                .serviceUnavailable, "too much is waiting to be stored", to: request)
        }
        sweepWhenDue()
        let room = newcomers.admit(&batches, of: network(of: request), on: clock.now().day)
        var request = request
        request.body = []
        let (question, submitted) = (request, batches)
        committer.submit(
            GroupCommitter.Submission(batches: submitted, tally: tally) { result in
                self.budget.giveBack(bytes)
                let answer = self.answer(question, encoding, submitted, tally, result, room)
                self.metrics.count(answer.status)
                later.send(answer)
            })
        return nil
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
        _ tally: Tally, _ result: Result<[BatchOutcome], StorageError>,
        _ room: NewcomerLimit.Room
    ) -> HTTPResponse {
        var newcomersCount = 0
        defer { newcomers.settle(room, taken: newcomersCount) }
        let outcomes: [BatchOutcome]
        switch result {
        case .success(let committed): outcomes = committed
        case .failure(let error): return failed(error, request)
        }
        succeeded()
        var rejected = tally
        for (batch, outcome) in zip(batches, outcomes) {
            rejected.merge(batch.tally)
            switch outcome {
            case .erased: rejected.add(.erased, batch.recordCount)
            case .closed: rejected.add(.day, batch.recordCount)
            case .stored(isNew: true): newcomersCount += 1
            case .stored(isNew: false), .resent, .notAdmitted: break
            }
        }
        metrics.count(zip(batches, outcomes), rejected)
        guard !outcomes.contains(.notAdmitted) else {
            return IntakeAnswer.failure(
                .tooManyRequests, "too many new installations from one network", to: request)
        }
        return IntakeAnswer.accepted(rejected, in: encoding)
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
