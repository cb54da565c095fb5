// SPDX-License-Identifier: Apache-2.0

#if Upload
public import Catalogue
import Modules
public import Telemetry

/// Sends what a home has ready, one round at a time: the network half of `TelemetryModule`.
///
/// Nothing leaves that the person has not agreed to, whoever calls. A host program calls `run` when
/// it suits, off its main thread, and never on the way out of a command.
public struct TelemetryUploader: Sendable {
    /// Which part of the waiting work a round does.
    public enum Scope: Sendable {
        /// All requests for erasure that are due, or else all batches. For a person who asked: own
        /// pauses after failures are not waited out, what a server asked for is.
        case everything
        /// The same, of what is due by `TelemetryControl.uploadAgenda()` alone.
        case everythingIfDue
        /// Requests for erasure alone, within 10 seconds. For a person who asked, too.
        case erasures
        /// Those of them alone that are due.
        case erasuresIfDue
    }

    private let makeControl: @Sendable () -> TelemetryControl
    private let seams: TelemetrySeams

    /// An uploader for a home. The parameters are those of `TelemetryModule`.
    public init(
        for product: Product, catalogue: Catalogue = .standard, config: TelemetryModuleConfig,
        home: String, seams: TelemetrySeams, configurationProblem: String? = nil
    ) {
        self.seams = seams
        makeControl = {
            TelemetryControl(
                for: product, catalogue: catalogue, config: config, home: home, seams: seams,
                configurationProblem: configurationProblem)
        }
    }

    /// An uploader for a program that has no home rules of its own; the home is that of
    /// `TelemetryModule.init(for:catalogue:config:)`.
    public init(
        for product: Product, catalogue: Catalogue = .standard, config: TelemetryModuleConfig
    ) {
        let place = HostPlace(for: product)
        self.init(
            for: product, catalogue: catalogue, config: config, home: place.home,
            seams: place.seams, configurationProblem: place.problem)
    }

    /// Performs one round. Blocks for as long as that takes, `timeMax` at most; a round that has
    /// no `timeMax` bounds each transfer (30 seconds and what the bandwidth limit costs).
    ///
    /// Ends early, and keeps everything for a later round, when `cancellation` is uttered. A batch
    /// on its way is cut off once consent is taken back or its identifier ends.
    /// Failures of the network and refusals are in the summary; only the store's own errors are
    /// thrown. Nil while another process uploads.
    public func run(
        _ scope: Scope = .everything, timeMax: Duration? = nil,
        cancellation: Cancellation = Cancellation(),
        progress: @escaping (UploadSummary) -> Void = { _ in }
    ) throws -> UploadSummary? {
        try run(
            scope, timeMax: timeMax, cancellation: cancellation, progress: progress,
            onBatch: { _ in })
    }

    /// The same for a home of several folders.
    ///
    /// - Parameters:
    ///   - isApart: whether a request for the erasure of what another one sent has left, beside
    ///     which no batch goes.
    ///   - isAlone: whether no batch is meant in another folder, where none is in this one.
    ///   - onBatch: is told of each moment of a batch.
    ///   - elsewhere: what holds for batches; nil where they leave from this folder.
    package func run(
        _ scope: Scope, timeMax: Duration?, isApart: Bool = false, isAlone: Bool = true,
        cancellation: Cancellation, progress: @escaping (UploadSummary) -> Void = { _ in },
        onBatch: @escaping (UploadRound.BatchMoment) -> Void,
        elsewhere: UploadRound.BatchesElsewhere? = nil
    ) throws -> UploadSummary? {
        let control = makeControl()
        if let ending = try reasonNotToStart(control, scope) {
            return UploadSummary(ending: ending)
        }
        guard let outbox = try control.outbox() else { return nil }
        let consent = ConsentWatch(cancellation)
        defer { consent.end() }
        let round = UploadRound(
            outbox: outbox, clock: seams.clock, random: seams.random,
            isAskedFor: scope == .everything || scope == .erasures, timeMax: timeMax,
            isApart: isApart, progress: progress, onBatch: onBatch, elsewhere: elsewhere,
            whileSending: { consent.watch($0, $1) },
            makeTransport: {
                CurlTransport(cancellation: consent.cancellation, mayLeave: { consent.mayLeave })
            }
        )
        return try round.run(
            erasuresOnly: try !areBatchesMeant(control, scope), isAlone: isAlone)
    }

    /// Whether a round that began is one for batches too: they do not leave because an erasure is
    /// due.
    private func areBatchesMeant(_ control: TelemetryControl, _ scope: Scope) throws -> Bool {
        switch scope {
        case .everything: return true
        case .erasures, .erasuresIfDue: return false
        case .everythingIfDue:
            let batchesAt = try control.uploadAgenda().batchesAt
            return batchesAt.map { $0 <= seams.clock.now() } ?? true
        }
    }

    /// Asks for erasures of other folders of the same home by `body`, while no batch of this folder
    /// is on its way, and keeps batches apart from those that left. Nil while another process
    /// uploads, but for a person who waits, whose deletion ends what is on its way.
    ///
    /// - Parameters:
    ///   - isFirst: whether one of them never left.
    ///   - body: asks for them; is told what holds for batches.
    package func whileNoBatchLeaves(
        isAskedFor: Bool = false, isFirst: Bool = true,
        _ body: (UploadRound.BatchesElsewhere) -> UploadSummary
    ) throws -> UploadSummary? {
        let control = makeControl()
        let none = UploadRound.BatchesElsewhere()
        // Where nobody was ever asked not even a folder is made.
        if let status = try? control.status(), !status.isDecided { return body(none) }
        let isBlocked = !control.causes(blocking: .sending).isEmpty
        let outbox: Outbox?
        let away: BatchesAway?
        let batchesAt: Timestamp?
        do {
            outbox = try control.outbox()
            batchesAt = outbox?.batchesAt
            away = try outbox?.keepBatchesAway(isFirst: isFirst)
        } catch {
            // What is busy now may send a batch in a moment; by what can't be opened, or has no
            // room, none leaves, which the round of this folder tells.
            let isNoneSent =
                isBlocked || !TelemetryControl.mayPass(error) || TelemetryControl.isFull(error)
            return isAskedFor || isNoneSent ? body(none) : nil
        }
        guard let outbox else { return isAskedFor || isBlocked ? body(none) : nil }
        var summary = body(
            UploadRound.BatchesElsewhere(
                batchesAt: batchesAt, apartUntil: away?.until, isHeeded: true))
        guard let away else { return summary }
        do {
            try outbox.putBack(
                away, hasLeft: summary.erasuresLeft > 0, isFirst: summary.firstErasuresLeft > 0)
        } catch {
            // They wait longer than they need.
            summary.note("batches are kept away: \(error)", hint: "status tells until when")
        }
        return summary
    }

    private func reasonNotToStart(
        _ control: TelemetryControl, _ scope: Scope
    ) throws -> UploadSummary.Ending? {
        let status = try control.status()
        guard status.isDecided || status.pendingErasures != 0 else {
            // A home where nobody was ever asked stays as it is: not even a folder is made.
            return scope == .erasures || scope == .erasuresIfDue
                ? .erasuresOnly : .blocked(status.blockedSending)
        }
        guard scope == .everythingIfDue else { return nil }
        let agenda = try control.uploadAgenda()
        return agenda.isDue(at: seams.clock.now()) ? nil : .notDue(until: agenda.dueAt)
    }
}
#endif
