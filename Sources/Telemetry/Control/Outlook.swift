// SPDX-License-Identifier: Apache-2.0

public import Modules
import SQLite

/// What the next upload would send, and what keeps it from sending more.
public struct UploadOutlook: Sendable {
    /// The causes that block sending; where there are any, no batch would leave.
    public var blockedSending: [Cause] = []
    /// The batches, in their order, sealed as they would leave.
    public var batches: [SealedBatch] = []
    /// The number of events that a person has to release first.
    public var heldEvents: Int64 = 0
    /// Nothing is sent before that time, where the server asked for patience. An upload that nobody
    /// asked for waits after failures too.
    public var notBefore: Timestamp?
    /// How many of the batches fit into what is left of the day's bytes.
    public var batchesToday = 0
    /// Whether the batches wait for another round: requests for erasure go first, and nothing goes
    /// beside them.
    public var areBatchesApart = false
    /// The number of requests for erasure that wait for another round, since the batches go.
    public var erasuresApart: Int64 { Int64(urlsApart.count) }
    var urlsApart: [String] = []
    /// Whether a request for erasure is due that waits out no pause.
    var areErasuresFresh = false
    /// Whether batches that were kept away from an erasure have their turn.
    var isTurnOfBatches = false
    /// All causes that block requests for erasure, where any are pending.
    public var blockedErasing: [Cause] = []
    /// The addresses of requests for erasure that would leave.
    public var erasureURLs: [String] = []
    /// The number of requests for erasure that would leave only later, and the first time of them.
    public var erasuresLater: (count: Int64, at: Timestamp)?
    /// Why pending requests for erasure can't be told, and what to do about it; nil if they can.
    public var erasureProblem: TelemetryError?
    /// The proxy through which https goes; nil for none.
    public var proxy: String?
    /// The User-Agent of all requests.
    public var userAgent = ""

    /// Whether no batch would leave in its turn, so that all requests are asked for, those that
    /// failed among them.
    package var areErasuresAlone: Bool { isTurnOfBatches && !sendsBatches }

    /// Adds what other folders of the same home ask to be erased. Those that failed wait out their
    /// pause where any other is asked for.
    package mutating func add(erasuresOf others: [UploadOutlook]) {
        let isAnyFresh = others.contains { $0.areErasuresFresh }
        for other in others {
            if other.areErasuresFresh || !isAnyFresh || areErasuresAlone {
                add(other.erasureURLs, areFresh: other.areErasuresFresh)
            }
            addRest(of: other)
        }
    }

    private mutating func addRest(of other: UploadOutlook) {
        blockedErasing = Cause.allCases.filter((blockedErasing + other.blockedErasing).contains)
        erasureProblem = erasureProblem ?? other.erasureProblem
        let later = [erasuresLater, other.erasuresLater].compactMap(\.self)
        let count = later.map(\.count).reduce(0, +)
        erasuresLater = later.map(\.at).min().map { (count, $0) }
    }
}

extension TelemetryControl {
    /// What the next upload would send. Where sending is allowed and review is not asked for, the
    /// waiting events are sealed, and the upload sends those same bytes.
    public func outlook() throws -> UploadOutlook {
        var outlook = erasureOutlook()
        outlook.blockedSending = causes(blocking: .sending)
        outlook.proxy = config.uploadProxy
        outlook.userAgent = product.userAgent
        guard outlook.blockedSending.isEmpty, let store = try openStore() else { return outlook }
        try sealer.fitToShow(store)
        if config.uploadReview == .automatic { try sealer.sealAll(in: store) }
        let epoch = gate.read().state.epoch ?? 0
        outlook.batches = try store.batches(
            "state IN ('sealed', 'released', 'sending') AND epoch = ?", [.integer(Int64(epoch))],
            limit: Self.reviewBatchesMax)
        outlook.heldEvents = try sealer.heldEvents(in: store)
        outlook.notBefore = try memory(of: store).wish()
        outlook.batchesToday = try fitting(outlook.batches, store)
        outlook.isTurnOfBatches = try isTurnOfBatches(store)
        let erasures = erasureOutlook(areAlone: outlook.areErasuresAlone)
        outlook.erasureURLs = []
        outlook.add(erasures.erasureURLs, areFresh: erasures.areErasuresFresh)
        return outlook
    }

    /// What the next upload would ask to be erased, and nothing else.
    ///
    /// - Parameter areAlone: whether no batch would leave in its turn.
    package func erasureOutlook(areAlone: Bool = false) -> UploadOutlook {
        var outlook = UploadOutlook()
        guard !isForeign else { return outlook }
        outlook.erasureProblem = erasureList.problem()
        // Why it can't be read is told by the line above.
        if let erasures = try? erasureList.all() { foresee(erasures, areAlone, &outlook) }
        return outlook
    }

    private func foresee(
        _ erasures: [PendingErasure], _ areAlone: Bool, _ outlook: inout UploadOutlook
    ) {
        guard !erasures.isEmpty else { return }
        outlook.blockedErasing = causes(blocking: .erasing)
        let now = seams.clock.now()
        if outlook.blockedErasing.isEmpty {
            // Those that failed wait out their pause, unless none is due.
            var asked = erasures.asked(at: now, isAskedFor: true, isAlone: false)
            outlook.areErasuresFresh = !asked.isEmpty
            if areAlone || asked.isEmpty {
                asked = erasures.asked(at: now, isAskedFor: true, isAlone: true)
            }
            outlook.erasureURLs = asked.map(\.url)
        }
        let later = erasures.compactMap { $0.notBefore(now, isAskedFor: true) }
        outlook.erasuresLater = later.min().map { (Int64(later.count), $0) }
    }

    private func fitting(_ batches: [SealedBatch], _ store: Store) throws -> Int {
        var spent = try store.total(Outbox.budgetKey(seams.clock.now().day))
        return batches.prefix { batch in
            let bytes = Int64(batch.body.count)
            guard Outbox.fits(bytes, spent: spent, config) else { return false }
            spent += bytes
            return true
        }.count
    }
}
