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
    /// How long the erasures of a person who deletes wait for another process's round, which that
    /// deletion may be about to end.
    private static let waitMilliseconds: Int32 = 2000

    private let setup: TelemetrySetup
    private let scope: TelemetryUploader.Scope
    private let cancellation: Cancellation
    private let start: Int64
    private var hasBatchBegun = false
    /// The erasures of each other folder that are kept away, as they were.
    private var kept: [(control: TelemetryControl, erasures: [ErasureAway])] = []
    /// That batches go of which not every folder could be told; nil where they don't.
    private var untold: UntoldBatches?
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

    /// What became of the configured folder; nil while another process uploads, from whatever
    /// folder of this home. What fails there keeps no erasure of another folder from being asked
    /// for.
    func run(_ progress: @escaping (UploadSummary) -> Void) throws -> UploadSummary? {
        let waiting = scope == .erasures ? Self.waitMilliseconds : 0
        let own = try setup.whileNoOtherUploads(waiting: waiting) { try round(progress) }
        if own == nil { tellPending() }
        return own
    }

    private func round(_ progress: @escaping (UploadSummary) -> Void) throws -> UploadSummary? {
        forgetUnseen()
        setup.tellOfBatches()
        let failure = areBatchesMeant ? takeOverWaits() : nil
        // Who types an upload overrides them.
        let isUnknown = failure != nil && scope == .everythingIfDue
        if areBatchesMeant, !setup.control().isTurnOfBatches { ask(isAlone: false) }
        shareWishes()
        let own = Result {
            let summary = try setup.uploader().run(
                scope, timeMax: areBatchesMeant ? nil : timeLeft(since: start),
                isApart: isUnknown || elsewhere.erasuresLeft > 0, cancellation: cancellation,
                progress: progress, onBatch: heed)
            guard let failure, isUnknown, case .apart = summary?.ending else { return summary }
            return summary?.failed(failure)
        }
        if !mayBatchHaveLeft(own) {
            putBack()
            if elsewhere.erasuresTried == 0 { ask(isAlone: true) }
        }
        tellPending()
        return try own.get()
    }

    private func timeLeft(since start: Int64) -> Duration {
        let used = Duration.nanoseconds(setup.seams.clock.uptimeNanoseconds() - start)
        return UploadRound.erasuresTimeMax - used
    }

    /// What leaves from here in this round, other folders have not seen yet: whatever they found
    /// before holds no longer.
    private func forgetUnseen() {
        guard setup.control().pendingErasures != 0 else { return }
        for (_, control) in setup.otherPlaces().places {
            noting { try control.keepBatchesAway(isUnseen: false) }
        }
    }

    /// Has batches wait for what left from other folders; what failed, so that they may have to
    /// wait longer than is known, or nil.
    private func takeOverWaits() -> CommandFailure? {
        guard setup.control().causes(blocking: .sending).isEmpty else { return nil }
        let failures = setup.takeOverWaits()
        if let unseen = failures.elsewhere {
            elsewhere.warnings.append(TelemetrySetup.waitsUnseen(unseen))
        }
        return failures.here
    }

    /// Also where none was asked, in the turn of batches.
    private func tellPending() {
        let status = setup.erasuresElsewhere()
        guard elsewhere.erasuresPending == 0, let pending = status.pendingErasures else { return }
        elsewhere.erasuresPending = Int(pending)
        elsewhere.erasuresNotBefore =
            scope == .everythingIfDue ? elsewhereDueAt : status.erasuresNotBefore
    }

    /// Before when nothing is asked of other folders that nobody waits for; nil if something is.
    private var elsewhereDueAt: Timestamp? {
        let time = setup.otherPlaces().places.compactMap(\.control.erasureDueAt).min()
        return time.flatMap { $0 > setup.seams.clock.now() ? $0 : nil }
    }

    private var areBatchesMeant: Bool { scope == .everything || scope == .everythingIfDue }

    /// Of a round that failed it is known only whether one had begun.
    private func mayBatchHaveLeft(_ own: Result<UploadSummary?, any Error>) -> Bool {
        guard let summary = try? own.get() else { return hasBatchBegun }
        return summary.batchesLeft > 0
    }

    /// Asks for what other folders of this home still ask to be erased, where no batch of this one
    /// is on its way.
    private func ask(isAlone: Bool) {
        let others = setup.otherPlaces().places.map(\.control)
        guard others.contains(where: { $0.pendingErasures != 0 }) else { return }
        shareWishes()
        do {
            let asked = try setup.uploader().whileNoBatchLeaves(
                isAskedFor: scope == .erasures,
                isFirst: others.contains {
                    $0.hasFreshErasures(isAskedFor: scope != .everythingIfDue)
                }
            ) { askEach(isAlone: isAlone, $0) }
            // What is pending is told once.
            if var asked {
                asked.warnings = elsewhere.warnings + asked.warnings
                elsewhere = asked
            }
        } catch {
            tell(error, of: setup.place, in: &elsewhere)
        }
    }

    /// Asks from where each request lies; those of a person who deletes take no longer together
    /// than since the round began.
    private func askEach(isAlone: Bool, _ batches: UploadRound.BatchesElsewhere) -> UploadSummary {
        let start = areBatchesMeant ? setup.seams.clock.uptimeNanoseconds() : start
        let scope: TelemetryUploader.Scope =
            scope == .everythingIfDue ? .erasuresIfDue : .erasures
        var summary = UploadSummary(ending: .erasuresOnly)
        for (path, control) in setup.otherPlaces().places where control.pendingErasures != 0 {
            do {
                let round = try setup.at(path).uploader().run(
                    scope, timeMax: timeLeft(since: start), isAlone: isAlone,
                    cancellation: cancellation, onBatch: { _ in }, elsewhere: batches)
                if let round { summary.add(erasuresOf: round) }
                // What a server asked for there holds for the next folder.
                shareWishes()
            } catch {
                tell(error, of: path, in: &summary)
            }
        }
        return summary
    }

    /// Whoever sends batches is told what is wrong with another folder, and has not failed.
    private func tell(_ error: any Error, of path: String, in summary: inout UploadSummary) {
        let failure = CommandFailure(telemetry: error)
        guard !areBatchesMeant else {
            return summary.warnings.append("\(path): \(failure.message)")
        }
        summary.note(failure.message, hint: failure.hint)
    }

    private func heed(_ moment: UploadRound.BatchMoment) {
        switch moment {
        case .isMeant: keepErasuresAway()
        case .begins: hasBatchBegun = true
        }
    }

    private func shareWishes() {
        guard let failure = setup.shareWishes() else { return }
        elsewhere.warnings.append("a server's wish could not be noted: \(failure.message)")
    }

    /// Keeps what other folders ask to be erased apart from the batches that go. What can't be kept
    /// now waits for them once it can.
    private func keepErasuresAway() {
        var isUntold = !setup.arePlacesThere
        for (_, control) in setup.otherPlaces().places where control.pendingErasures != 0 {
            do {
                kept.append((control, try control.keepErasuresAway()))
            } catch {
                isUntold = true
                elsewhere.warnings.append(
                    "another folder can't be told of the batches that go: \(error); what is to be "
                        + "erased from there waits for six hours, unless somebody asks for it")
            }
        }
        if isUntold { noting { untold = try setup.control().noteUntold() } }
    }

    /// Has what was kept away be due as it was, since no batch found a way out.
    private func putBack() {
        for (control, erasures) in kept { noting { try control.putBack(erasures) } }
        if let untold { noting { try setup.control().putBack(untold) } }
    }

    private func noting(_ change: () throws -> Void) {
        do {
            try change()
        } catch {
            elsewhere.warnings.append("an erasure could not be kept apart: \(error)")
        }
    }
}

extension TelemetrySetup {
    fileprivate func uploader() -> TelemetryUploader {
        TelemetryUploader(
            for: Program.product, config: config, home: home.path,
            seams: seams(at: config.storagePath), configurationProblem: fault?.description)
    }
}

extension UploadSummary {
    /// A round in which no batch went, since it could not be noted that they are to wait.
    fileprivate func failed(_ failure: CommandFailure) -> UploadSummary {
        var summary = self
        summary.ending = .failed
        summary.note(
            "batches could not be kept apart: \(failure.message)",
            hint: failure.hint)
        return summary
    }
}
#endif
