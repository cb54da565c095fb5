// SPDX-License-Identifier: Apache-2.0

public import JSON
public import Modules
import SQLite

/// The whole truth about telemetry in a home.
public struct TelemetryStatus: Sendable, Equatable {
    /// Whether events are recorded now.
    public var isEnabled: Bool { blockedBy.isEmpty }
    /// All causes that block recording.
    public var blockedBy: [Cause] = []
    /// All causes that block sending.
    public var blockedSending: [Cause] = []
    /// What would be recorded, but was not agreed to yet.
    public var withheldProperties: [String] = []
    /// How what is configured goes further than the yes that stands.
    public var termsChanges: [TermsChange] = []
    /// The random identifier; nil before consent.
    public var installationID: String?
    /// Where uploads go; nil means nowhere.
    public var uploadURL: String?
    /// Below which address what is sent from now on can be asked to be erased; nil for none.
    public var erasureURL: String?
    /// When `arpguard-upload --if-due` sends batches next: as scheduled, or when what failed may be
    /// tried again; nil while sending is blocked or nothing was ever recorded.
    public var nextUpload: String?
    /// Before when no upload sends batches, whoever starts it, since the server asked for patience;
    /// nil if it did not, and while sending is blocked.
    public var batchesNotBefore: Timestamp?
    /// Whether today's bytes are used up: what waits goes another day, whoever starts an upload.
    public var isBudgetSpent = false
    /// Whether an erasure would be asked for before any batch, but for the turn of batches.
    var isErasureMeant = false
    /// Whether batches that were kept away from an erasure have their turn.
    var isTurnOfBatches = false
    /// Events in the store.
    public var recorded: Int64 = 0
    /// Of those, the ones that may still be sent.
    public var waiting: Int64 = 0
    /// Of the waiting ones, those that a person has to release before they may be sent.
    public var held: Int64 = 0
    /// Events in the store that can't be sent, or not again: those of another consent or
    /// identifier, of one that named no place, withheld ones, and types that are left out now.
    public var keptHere: Int64 = 0
    /// Events in the store whose sending had begun when their yes ended, by a no or by another yes:
    /// they are not sent again, and how much of them arrived is not known.
    public var cutOff: Int64 = 0
    /// How much of what was sent can be asked to be erased.
    package var erasability = Erasability.all
    /// Events that the collector accepted since data was last deleted here; those that it erased
    /// since then are counted too.
    public var uploaded: Int64 = 0
    /// Events whose sending was tried and not answered, to be sent again; nil without any.
    public var unanswered: Unanswered?
    /// Losses by reason.
    public var lost: [(reason: String, count: Int64)] = []
    /// Erasures that the collector has not confirmed; nil where that is not known.
    public var pendingErasures: Int64? = 0
    /// Before when none of them is asked for, whoever starts an upload, since servers asked for
    /// patience; nil where one may be asked for, or there are none.
    public var erasuresNotBefore: Timestamp?
    /// Where those are asked for: the origins, each once, in alphabetical order.
    public var pendingErasureOrigins: [String] = []
    /// All causes that keep pending erasures from being asked for here; empty without any pending.
    public var blockedErasing: [Cause] = []
    /// Whether those causes keep all of them here, and not those of some folders alone.
    public var areAllErasuresBlocked = true
    /// The origins that were asked for an erasure and don't offer it: what they took stays there.
    public var unsupportedErasureOrigins: [String] = []
    /// Why not all pending erasures are known, and what to do about it; nil if they are.
    public var erasureProblem: TelemetryError?
    /// The process numbers of programs that record into this home now.
    public var recorders: [Int64] = []
    /// Whether those are all, as far as that can be seen.
    public var areRecordersKnown = true
    /// What keeps each of them from recording, as it says itself, by its own environment and
    /// configuration and not by those of this process; without an entry where it says nothing.
    public var recorderCauses: [Int64: [Cause]] = [:]
    /// The space that the data takes on the disk; nil where that is not known.
    public var storageBytes: Int64? = 0
    /// The folder of the data.
    public var storagePath = ""
    /// What is wrong with the configuration; nil if nothing is.
    public var configurationProblem: String?
    /// Why the store can't be read now, so that its figures are not known; nil if it can.
    public var storeProblem: String?
    /// Whether anybody has ever decided.
    public var isDecided = false

    /// The status of a home of which nothing is known.
    package init() {}

    /// Compares all of it.
    public static func == (left: TelemetryStatus, right: TelemetryStatus) -> Bool {
        left.json == right.json
    }

    /// Whether an upload that somebody types asks for erasures alone; batches go with another one.
    public var areErasuresFirst: Bool {
        blockedSending.isEmpty && waiting > held && isErasureMeant && !isTurnOfBatches
    }

    /// Adds what another folder of the same home still asks to be erased, and what could not be.
    public mutating func add(erasuresOf other: TelemetryStatus) {
        let mayAsk = [self, other].map { $0.pendingErasures != 0 && $0.blockedErasing.isEmpty }
        areAllErasuresBlocked =
            areAllErasuresBlocked && other.areAllErasuresBlocked && !mayAsk.contains(true)
        erasuresNotBefore = Self.notBefore(
            (pendingErasures.map(Int.init) ?? 0, erasuresNotBefore),
            (other.pendingErasures.map(Int.init) ?? 0, other.erasuresNotBefore))
        pendingErasures = pendingErasures.flatMap { own in other.pendingErasures.map { own + $0 } }
        pendingErasureOrigins = Self.merged(pendingErasureOrigins, other.pendingErasureOrigins)
        unsupportedErasureOrigins = Self.merged(
            unsupportedErasureOrigins, other.unsupportedErasureOrigins)
        blockedErasing = Cause.allCases.filter((blockedErasing + other.blockedErasing).contains)
        erasureProblem = erasureProblem ?? other.erasureProblem
        isErasureMeant = isErasureMeant || other.isErasureMeant
    }

    /// Before when nothing is asked for in either of two folders, each with how many are pending.
    package static func notBefore(_ folders: (pending: Int, time: Timestamp?)...) -> Timestamp? {
        let times = folders.filter { $0.pending > 0 }.map(\.time)
        return times.contains(nil) ? nil : times.compactMap(\.self).min()
    }

    private static func merged(_ left: [String], _ right: [String]) -> [String] {
        Set(left + right).sorted()
    }

    /// The status as a JSON object; `home`, `owner` are the program's to add.
    public var json: JSONObject {
        [
            "enabled": .bool(isEnabled),
            "blocked_by": .array(blockedBy.map { .string($0.rawValue) }),
            "blocked_sending": .array(blockedSending.map { .string($0.rawValue) }),
            "withheld_properties": .array(withheldProperties.map { .string($0) }),
            "terms_changes": .array(termsChanges.map(\.json)),
            "installation_id": .optional(installationID),
            "upload_url": .optional(uploadURL),
            "erasure_url": .optional(erasureURL),
            "next_upload": .optional(nextUpload),
            "batches_not_before": .optional(batchesNotBefore?.rfc3339),
            "budget_spent": storeProblem == nil ? .bool(isBudgetSpent) : .null,
            "erasures_first": storeProblem == nil ? .bool(areErasuresFirst) : .null,
            "events": [
                "recorded": figure(recorded), "waiting": figure(waiting), "held": figure(held),
                "uploaded": figure(uploaded), "kept_here": figure(keptHere),
                "cut_off": figure(cutOff),
            ],
            "unanswered": unanswered?.json ?? .null,
            "lost": .object(JSONObject(lost.map { ($0.reason, .integer($0.count)) })),
            "pending_erasures": pendingErasures.map { .integer($0) } ?? .null,
            "erasures_not_before": .optional(erasuresNotBefore?.rfc3339),
            "pending_erasure_origins": .array(pendingErasureOrigins.map { .string($0) }),
            "blocked_erasing": .array(blockedErasing.map { .string($0.rawValue) }),
            "unsupported_erasure_origins": .array(
                unsupportedErasureOrigins.map { .string($0) }),
            "erasures_error": .optional(erasureProblem?.description),
            "recorders": areRecordersKnown ? .array(recorders.map(recorder)) : .null,
            "storage_bytes": storageBytes.map { .integer($0) } ?? .null,
            "storage_path": .string(storagePath),
            "store_error": .optional(storeProblem),
        ]
    }
}

extension TelemetryStatus {
    /// Does a part, and notes why it can't be done; whether it could.
    @discardableResult
    fileprivate mutating func noting(_ part: (inout TelemetryStatus) throws -> Void) -> Bool {
        do {
            try part(&self)
            return true
        } catch {
            storeProblem = storeProblem ?? "\(error)"
            return false
        }
    }

    /// A figure of the store.
    private func figure(_ number: Int64) -> JSONValue {
        storeProblem == nil ? .integer(number) : .null
    }

    private func recorder(_ pid: Int64) -> JSONValue {
        let causes = recorderCauses[pid].map { causes in
            JSONValue.array(causes.map { .string($0.rawValue) })
        }
        return ["pid": .integer(pid), "blocked_by": causes ?? .null]
    }
}

extension TelemetryControl {
    /// Reads the status. Changes nothing but for journals of ended processes, which are taken in.
    /// What can't be read is in the status, with the reason, and throws nothing.
    public func status() throws -> TelemetryStatus { try status(figures: nil) }

    /// The same with the store's figures of an earlier look, where nothing changed since then.
    func status(figures earlier: TelemetryStatus?) throws -> TelemetryStatus {
        var status = TelemetryStatus()
        let isThere = directory.isThere(seams.files)
        // First, since it ends the identifier that would be told.
        if isThere { status.noting { _ in try finishDeletion() } }
        let (facts, state) = gate.read()
        status.blockedBy = Gate.causes(blocking: .recording, facts)
        status.blockedSending = Gate.causes(blocking: .sending, facts)
        status.isDecided = state.consent != .notAsked
        if state.consent == .given, let agreed = state.record?.terms {
            status.withheldProperties = terms.added(to: agreed)
        }
        status.termsChanges = gate.termsChanges(state)
        status.installationID = state.record?.installationID
        status.uploadURL = config.uploadURL
        status.erasureURL = config.erasureEndpoint?.description
        status.erasability = state.erasability
        status.storagePath = directory.path
        status.configurationProblem = gate.configurationProblem
        guard isThere else { return status }
        if let earlier {
            status.takeFigures(of: earlier)
        } else {
            status.noting { try count(&$0, state) }
        }
        // The rest is whose the folder is.
        guard state.foreignProduct == nil else { return status }
        if status.storeProblem != nil { tellNoted(&status) }
        status.areRecordersKnown = status.noting { try tellRecorders(&$0, facts) }
        let unnamed = unnamedErasure(state)
        status.erasureProblem = erasureList.problem() ?? unnamed
        // Why it can't be read, or holds less than is owed, is told by the line above.
        let erasures = try? erasureList.all()
        status.pendingErasures = unnamed == nil ? erasures.map { Int64($0.count) } : nil
        status.erasuresNotBefore = erasures?.notBefore(seams.clock.now(), isAskedFor: true)
        status.pendingErasureOrigins = Self.origins((erasures ?? []).map(\.url))
        if status.pendingErasures != 0 {
            status.blockedErasing = Gate.causes(blocking: .erasing, facts)
        }
        status.isErasureMeant =
            status.blockedErasing.isEmpty
            && erasures?.asked(at: seams.clock.now(), isAskedFor: true, isAlone: false).isEmpty
                == false
        status.storageBytes = try? directory.allocatedBytes(seams.files)
        return status
    }

    /// What was lost meanwhile, which the store does not know yet.
    private func tellNoted(_ status: inout TelemetryStatus) {
        let count = LossNote(directory: directory, seams: seams).count
        if count > 0 { status.lost = [(LossReason.queueFull.rawValue, count)] }
    }

    private static func origins(_ urls: [String]) -> [String] {
        Set(urls.map { Endpoint($0)?.origin ?? "?" }).sorted()
    }

    private func count(_ status: inout TelemetryStatus, _ state: ConsentState) throws {
        guard let store = try openStore() else { return }
        let database = store.database
        status.recorded = try database.integer("SELECT count(*) FROM events") ?? 0
        status.waiting = try waiting(store, state)
        status.held = try sealer.heldEvents(in: store)
        status.uploaded = try store.total("uploaded")
        let unsent = "SELECT count(*) FROM events WHERE \(Store.isUnanswered)"
        // Where it can't be read which yes stands, that may go on once it can.
        let standing: SQLiteValue =
            state.consent == .unreadable ? .null : .integer(state.epoch.map(Int64.init) ?? -1)
        status.cutOff = try database.integer(Store.countCutOff, [standing]) ?? 0
        status.keptHere = max(
            0, try (database.integer(unsent) ?? 0) - status.waiting - status.cutOff)
        status.unanswered = try unanswered(store)
        status.lost = try store.losses()
        status.unsupportedErasureOrigins = Self.origins(
            try ledger(of: store).unsupportedErasures())
        if status.blockedSending.isEmpty { try foresee(&status, store) }
    }

    /// A journal's name begins with its process, which holds its lock as long as it lives.
    private func tellRecorders(_ status: inout TelemetryStatus, _ facts: GateFacts) throws {
        guard try seams.files.status(of: directory.journals) != nil else { return }
        for name in try seams.files.names(in: directory.journals) {
            let path = "\(directory.journals)/\(name)"
            guard name.hasSuffix(".journal"), try seams.files.lock(path) == nil,
                let pid = Int64(name.prefix { $0 != "-" })
            else { continue }
            status.recorders.append(pid)
            guard let causes = Journal.publishedCauses(at: path, seams) else { continue }
            status.recorderCauses[pid] = Gate.causes(published: causes, consentOf: facts)
        }
    }

    /// Unsealed events that today's consent and configuration cover, and those in batches that are
    /// not answered.
    func waiting(_ store: Store, _ state: ConsentState) throws -> Int64 {
        // What was recorded under "never uploads" is never sent, whatever is agreed to later.
        guard state.record?.terms.origin != nil, let epoch = state.epoch else { return 0 }
        let batched = try store.database.integer(
            """
            SELECT coalesce(sum(events), 0) FROM batches
            WHERE state IN \(SealedBatch.State.unsentList) AND epoch = ?
            """, [.integer(Int64(epoch))])
        return try (batched ?? 0) + sealer.unsealedEvents(in: store)
    }
}
