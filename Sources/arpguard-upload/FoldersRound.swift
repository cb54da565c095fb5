// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import Modules
import Program
import Telemetry

#if Upload
import TelemetryUpload

/// One round over all folders of a home: batches leave from the configured one, requests for
/// erasure from where they lie. What is kept apart in one folder is so between them: requests go
/// first, unless the batches have their turn, and no batch beside one.
final class FoldersRound {
    private let setup: TelemetrySetup
    private let scope: TelemetryUploader.Scope
    private let cancellation: Cancellation
    private let start: Int64
    private var hasBatchLeft = false
    /// What was asked of the other folders.
    private(set) var elsewhere = UploadSummary(ending: .erasuresOnly)

    init(
        _ setup: TelemetrySetup, _ scope: TelemetryUploader.Scope, _ cancellation: Cancellation
    ) {
        self.setup = setup
        self.scope = scope
        self.cancellation = cancellation
        start = setup.seams.clock.uptimeNanoseconds()
    }

    /// What became of the configured folder; nil while another process uploads. What fails there
    /// keeps no erasure of another folder from being asked for.
    func run(_ progress: @escaping (UploadSummary) -> Void) throws -> UploadSummary? {
        if areBatchesMeant, !setup.control().isTurnOfBatches { ask(isAlone: false) }
        let own = Result {
            try setup.uploader().run(
                scope, timeMax: nil, isApart: elsewhere.erasuresLeft > 0,
                cancellation: cancellation, progress: progress, onFirstBatch: noteBatch)
        }
        if !hasBatchLeft, elsewhere.erasuresTried == 0 { ask(isAlone: true) }
        tellPending()
        return try own.get()
    }

    /// Also where none was asked, in the turn of batches.
    private func tellPending() {
        let status = setup.erasuresElsewhere()
        guard elsewhere.erasuresPending == 0, let pending = status.pendingErasures else { return }
        elsewhere.erasuresPending = Int(pending)
        elsewhere.erasuresNotBefore = status.erasuresNotBefore
    }

    private var areBatchesMeant: Bool { scope == .everything || scope == .everythingIfDue }

    /// Asks for what other folders of this home still ask to be erased, where no batch of this one
    /// is on its way.
    private func ask(isAlone: Bool) {
        noting {
            let asked = try setup.uploader().whileNoBatchLeaves(isAskedFor: scope == .erasures) {
                setup.askElsewhere(
                    scope == .everythingIfDue ? .erasuresIfDue : .erasures, isAlone: isAlone,
                    since: areBatchesMeant ? nil : start, cancellation)
            }
            // What is pending is told once.
            if let asked { elsewhere = asked }
        }
    }

    /// Keeps what other folders ask to be erased apart from the batches that go.
    private func noteBatch() {
        hasBatchLeft = true
        for (_, control) in setup.otherPlaces().places where control.pendingErasures != 0 {
            do {
                try control.keepErasuresAway()
            } catch {
                elsewhere.warnings.append("an erasure could not be kept apart: \(error)")
            }
        }
    }

    private func noting(_ body: () throws -> Void) {
        do {
            try body()
        } catch {
            let failure = CommandFailure(telemetry: error)
            elsewhere.note(failure.message, hint: failure.hint ?? "it is tried again")
        }
    }
}

extension TelemetrySetup {
    /// Sends what other folders of this home still ask to be erased, from where it lies.
    ///
    /// - Parameter start: when the time that all requests may take together began; nil for now,
    ///   beside batches.
    fileprivate func askElsewhere(
        _ scope: TelemetryUploader.Scope, isAlone: Bool, since start: Int64?,
        _ cancellation: Cancellation
    ) -> UploadSummary {
        let areBatchesMeant = start == nil
        let start = start ?? seams.clock.uptimeNanoseconds()
        var summary = UploadSummary(ending: .erasuresOnly)
        for (path, control) in otherPlaces().places where control.pendingErasures != 0 {
            let used = Duration.nanoseconds(seams.clock.uptimeNanoseconds() - start)
            do {
                let round = try at(path).uploader().run(
                    scope, timeMax: UploadRound.erasuresTimeMax - used, isAlone: isAlone,
                    cancellation: cancellation, onFirstBatch: {})
                if let round { summary.add(erasuresOf: round) }
            } catch {
                let failure = CommandFailure(telemetry: error)
                // Whoever sends batches is told that of the other folder, and has not failed.
                if areBatchesMeant {
                    summary.warnings.append("\(path): \(failure.message)")
                } else {
                    summary.note(failure.message, hint: failure.hint ?? "it is tried again")
                }
            }
        }
        return summary
    }

    fileprivate func uploader() -> TelemetryUploader {
        TelemetryUploader(
            for: Program.product, config: config, home: home.path,
            seams: seams(at: config.storagePath), configurationProblem: fault?.description)
    }
}
#endif
