// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Glibc
import Modules
import Synchronization
import Telemetry
import TelemetryUpload
import TestKit
import Testing

/// A home with consent given, and everything that a round over it needs.
struct Home {
    let folder: TemporaryDirectory
    let clock: ManualClock
    let random = SeededRandom(seed: 1)
    var config: TelemetryModuleConfig
    /// How the configuration changed since then.
    var reconfiguration: @Sendable () -> Reconfiguration = { .none }

    /// A home whose uploads go to `url`, one event to a batch.
    init(url: String, clock: ManualClock = ManualClock()) throws {
        folder = try TemporaryDirectory()
        self.clock = clock
        config = TelemetryModuleConfig(uploadURL: url)
        config.maxEventsPerBatch = 1
        try control.enable(control.terms)
    }

    private var seams: TelemetrySeams { seams() }

    private func seams(files: any FileSystem = RealFileSystem()) -> TelemetrySeams {
        var seams = TelemetrySeams(
            environment: [:], userID: geteuid(),
            logger: Logger(program: "test", level: .error), clock: clock, random: random,
            files: files, policyPath: folder.file("policy.json"))
        seams.reconfiguration = reconfiguration
        return seams
    }

    private let product = Product("arpguard", version: "0.1.0")

    /// What a person would decide and see.
    var control: TelemetryControl {
        TelemetryControl(
            for: product, config: config, home: folder.path, seams: seams)
    }

    /// The uploader of a host program.
    var uploader: TelemetryUploader { uploader(files: RealFileSystem()) }

    /// The uploader of a host program that reaches its files through `files`.
    func uploader(files: any FileSystem) -> TelemetryUploader {
        TelemetryUploader(
            for: product, config: config, home: folder.path, seams: seams(files: files))
    }

    /// Records events and moves them to the store, as a program does that starts and ends.
    func record(_ count: Int) {
        let module = TelemetryModule(
            for: product, config: config, home: folder.path, seams: seams)
        module.initialize()
        for _ in 0..<count { module.trackEvent("feature_usage", ["feature": "arp_scan"]) }
        module.shutdown(within: 30_000)
    }

    /// Records events of several types, with a property of each kind.
    func recordOneOfEach() {
        let module = TelemetryModule(
            for: product, config: config, home: folder.path, seams: seams)
        module.initialize()
        module.trackEvent("app_start", ["os": "linux", "arch": "x86_64", "mode": "watch"])
        module.trackEvent(
            "detection_run",
            [
                "mode": "replay", "duration_ms": 1234, "frames": 98_765, "arp_frames": 0,
                "alerts": 3,
            ])
        module.trackEvent("error", ["feature": "replay", "error_type": "other"])
        module.shutdown(within: 30_000)
    }

    /// Has something sent under an identifier that is over then: one more erasure is pending.
    func owe() throws {
        try haveOneBatchAccepted()
        guard try control.deleteData().erasureRequested else { throw TestKitError("none is owed") }
    }

    /// Records an event and has it taken, without a round.
    func haveOneBatchAccepted() throws {
        record(1)
        let outbox = try #require(try control.outbox())
        guard case .batch(let batch) = try outbox.next(isAskedFor: true), try outbox.begin(batch)
        else { throw TestKitError("nothing to send") }
        try outbox.accepted(batch, rejected: 0, answer: "200")
    }

    /// One round; nil while another uploader is at work.
    func round(
        erasuresOnly: Bool = false, isAskedFor: Bool = false, timeMax: Duration? = nil,
        onBatch: @escaping (UploadRound.BatchMoment) -> Void = { _ in },
        elsewhere: UploadRound.BatchesElsewhere? = nil,
        over makeTransport: @escaping () -> any UploadTransport
    ) throws -> UploadSummary? {
        guard let outbox = try control.outbox() else { return nil }
        let round = UploadRound(
            outbox: outbox, clock: timeMax == nil ? clock : SystemClock(), random: random,
            isAskedFor: isAskedFor, timeMax: timeMax, onBatch: onBatch, elsewhere: elsewhere,
            makeTransport: makeTransport)
        return try round.run(erasuresOnly: erasuresOnly)
    }

    /// One round against a server over the real network.
    func round(erasuresOnly: Bool = false, timeMax: Duration? = nil) throws -> UploadSummary {
        let summary = try round(erasuresOnly: erasuresOnly, timeMax: timeMax) { CurlTransport() }
        guard let summary else { throw TestKitError("another uploader is at work") }
        return summary
    }
}

/// A network that exists only in memory: answers by a script and remembers what was sent.
final class ScriptedTransport: UploadTransport {
    private struct State {
        var outcomes: [TransferOutcome]
        var requests: [UploadRequest] = []
    }

    private let state: Mutex<State>
    private let onRequest: @Sendable () -> Void

    /// The last outcome goes on for ever.
    init(_ outcomes: TransferOutcome..., onRequest: @escaping @Sendable () -> Void = {}) {
        state = Mutex(State(outcomes: outcomes))
        self.onRequest = onRequest
    }

    var requests: [UploadRequest] { state.withLock { $0.requests } }

    func perform(_ request: UploadRequest) -> TransferOutcome {
        onRequest()
        return state.withLock { state in
            state.requests.append(request)
            return state.outcomes.count > 1 ? state.outcomes.removeFirst() : state.outcomes[0]
        }
    }
}

extension TransferOutcome {
    /// A whole answer with this status and nothing else.
    static func status(_ status: Int, _ headers: [UploadHeader] = []) -> TransferOutcome {
        .answered(UploadResponse(status: status, headers: headers))
    }
}
