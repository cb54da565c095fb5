// SPDX-License-Identifier: Apache-2.0

internal import Hashing
internal import HTTPServing
internal import Modules
private import Synchronization

/// The answers of the intake listener. Nothing here sees or keeps who is on the other side.
final class IntakeRoutes: Sendable {
    private static let secretBytesMax = 512

    private let configuration: CollectorConfiguration
    private let storage: any CollectorStorage
    private let clock: any WallClock
    private let logger: Logger
    private let random: any RandomSource
    private let sweptDay = Mutex<Day?>(nil)
    private let isFailing = Mutex(false)

    init(
        configuration: CollectorConfiguration, storage: any CollectorStorage,
        clock: any WallClock, random: any RandomSource, logger: Logger
    ) {
        self.configuration = configuration
        self.storage = storage
        self.clock = clock
        self.random = random
        self.logger = logger
    }

    /// The routing table.
    var router: Router {
        Router(
            [
                Route(.post, "/v1/logs", takeLogs),
                Route(.delete, "/v1/installations/{id}", erase),
                Route(.get, "/healthz") { _ in .text(.ok, "ok") },
            ],
            refusal: { request, status in
                IntakeAnswer.failure(status, status.description.lowercased(), to: request)
            })
    }

    /// Deletes what has passed its time, once a day; what failed is tried again.
    func sweep() throws(StorageError) {
        let today = clock.now().day
        let last = sweptDay.withLock { day in
            defer { day = today }
            return day
        }
        guard last != today else { return }
        do {
            try storage.expire(by: configuration.retention, on: today)
        } catch {
            sweptDay.withLock { $0 = last }
            throw error
        }
    }

    private func takeLogs(_ request: HTTPRequest) -> HTTPResponse {
        let today = clock.now().day
        switch configuration.policy.decide(request, on: today) {
        case .refuse(let refusal):
            return IntakeAnswer.failure(
                IntakeAnswer.status(of: refusal), refusal.message, to: request)
        case .admit(let batches, let tally):
            return stored(request) { () throws(StorageError) in
                try self.sweep()
                let rejected = try self.store(batches, tally, on: today)
                return IntakeAnswer.accepted(rejected, in: OTLPEncoding(request) ?? .protobuf)
            }
        }
    }

    /// Commits and returns what was rejected, the same for a resend as for the first sending.
    private func store(
        _ batches: [AdmittedBatch], _ tally: Tally, on today: Day
    ) throws(StorageError) -> Tally {
        guard !batches.isEmpty || !tally.counts.isEmpty else { return tally }
        let group = CommitGroup(
            id: random.bytes(CommitGroup.idBytes), batches: batches, tally: tally, today: today)
        let outcomes = try storage.commit(group)
        var rejected = tally
        for (batch, outcome) in zip(batches, outcomes) {
            rejected.merge(batch.tally)
            if outcome == .erased { rejected.add(.erased, batch.recordCount) }
        }
        return rejected
    }

    private func erase(_ request: HTTPRequest) -> HTTPResponse {
        let installation = request.parameters["id"] ?? ""
        guard InstallationIdentifier.isValid(installation) else {
            return .text(.badRequest, "the installation must be a UUID in lower case")
        }
        guard let secret = request.bearerToken, secret.utf8.count <= Self.secretBytesMax else {
            return .text(.unauthorized, "a bearer token is needed")
                .with("WWW-Authenticate", "Bearer")
        }
        let hash = SHA256.hash(Array(secret.utf8))
        return stored(request) { () throws(StorageError) in
            switch try self.storage.erase(
                installation: installation, secretHash: hash, on: self.clock.now().day)
            {
            case .erased, .refused: return HTTPResponse(.noContent)
            case .full:
                return IntakeAnswer.failure(
                    .serviceUnavailable, "no erasure can be remembered now", to: request)
            }
        }
    }

    /// Runs what needs the storage. A failure is answered with 503 and logged when it begins and
    /// when it ends, not once per request.
    private func stored(
        _ request: HTTPRequest, _ body: () throws(StorageError) -> HTTPResponse
    ) -> HTTPResponse {
        do {
            let response = try body()
            if changes(isFailing: false) { logger.log(.warning, "the store works again") }
            return response
        } catch {
            if changes(isFailing: true) { logger.log(.error, error.description) }
            return IntakeAnswer.failure(.serviceUnavailable, "the store failed", to: request)
        }
    }

    private func changes(isFailing now: Bool) -> Bool {
        isFailing.withLock { before in
            defer { before = now }
            return before != now
        }
    }
}
