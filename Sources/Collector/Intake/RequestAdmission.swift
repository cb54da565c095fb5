// SPDX-License-Identifier: Apache-2.0

internal import Compression
internal import Hashing
internal import Modules
internal import OTLP

/// Sorts what a request brings into batches.
///
/// Records whose identifier is of ARP Guard's form belong to the batch that it names. Any other
/// record that has an identifier is a batch of its own, known by it: clients of other make resend
/// records, not batches.
struct RequestAdmission {
    private static let identifierBytesMax = 128

    private let policy: IntakePolicy
    private let today: Day
    private let identifierKey = Array("log.record.uid".utf8)
    private var admission: RecordAdmission
    // Over all groups of the request: a batch that comes in two of them is one batch.
    private var drafts: [BatchDraft] = []
    private var lastDraft: (identifier: Range<Int>, place: Int)?
    private var places: [[UInt8]: Int] = [:]
    private var batches: [AdmittedBatch] = []
    private var figureCount = 0
    private var tally = Tally()

    init(policy: IntakePolicy, today: Day) {
        self.policy = policy
        self.today = today
        admission = RecordAdmission(policy: policy, today: today)
    }

    /// The batches, and what belongs to none of them.
    mutating func admit(
        _ logs: FlatLogs
    ) throws(IntakeRefusal) -> IntakeDecision {
        for group in logs.groups { try admit(group, of: logs) }
        var own: [AdmittedBatch] = []
        for draft in drafts {
            // A batch of another day is not stored: days that somebody invents would never close.
            guard policy.admits(draft.day, on: today) else {
                tally.merge(draft.tally)
                continue
            }
            own.append(try finished(draft, tellsLosses: true))
        }
        return IntakeDecision(batches: own + batches, tally: tally)
    }

    private mutating func finished(
        _ draft: BatchDraft, tellsLosses: Bool
    ) throws(IntakeRefusal) -> AdmittedBatch {
        let batch: AdmittedBatch
        do {
            batch = try draft.finished(tellsLosses: tellsLosses, policy.recordCompressor)
        } catch {
            throw IntakeRefusal(cause: .unavailable, message: error.description)
        }
        figureCount += batch.figureCount
        guard figureCount <= policy.figuresMax else {
            throw IntakeRefusal(
                cause: .tooLarge, message: "more than \(policy.figuresMax) figures in a request")
        }
        return batch
    }

    private mutating func admit(
        _ group: FlatLogs.Group, of logs: FlatLogs
    ) throws(IntakeRefusal) {
        let facts = ResourceFacts(logs, group.resource)
        guard let service = facts.service, let plan = policy.plans[service] else {
            return tally.add(.service, group.records.count)
        }
        guard let installation = facts.installation else {
            return tally.add(.installation, group.records.count)
        }
        lastDraft = nil
        let before = batches.count
        for number in group.records {
            let record = logs.records[number]
            guard let uid = identifier(of: record, in: logs) else {
                tally.add(.identifier)
                continue
            }
            if let index = RecordIdentifier.index(logs.bytes.span, uid.place),
                let place = try draft(logs, uid.place, plan, facts, installation)
            {
                take(record, logs, index: index, uid: uid.attribute, of: installation, at: place)
            } else {
                try takeForeign(record, logs, uid, plan, facts, installation)
            }
        }
        // Each record is a batch there; the first tells of the resource.
        if before < batches.count { batches[before].tally.add(.resource, facts.ignored) }
    }

    /// The attribute that is the record's identifier, and where its text stands.
    private func identifier(
        of record: FlatLogs.Record, in logs: FlatLogs
    ) -> (attribute: Int, place: Range<Int>)? {
        let bytes = logs.bytes.span
        let key = identifierKey.span
        // Clients put it first or last.
        var index = record.attributes.upperBound
        while index > record.attributes.lowerBound {
            index -= 1
            guard NameTable.isEqual(key, 0..<key.count, bytes, logs.attributes[index].key) else {
                continue
            }
            guard case .string(let place) = logs.attributes[index].value,
                (1...Self.identifierBytesMax).contains(place.count)
            else { return nil }
            return (index, place)
        }
        return nil
    }

    /// The draft of the batch that an identifier names; nil for an identifier of another form.
    private mutating func draft(
        _ logs: FlatLogs, _ identifier: Range<Int>, _ plan: AdmissionPlan, _ facts: ResourceFacts,
        _ installation: String
    ) throws(IntakeRefusal) -> Int? {
        let bytes = logs.bytes.span
        if let lastDraft, isSameBatch(lastDraft.identifier, identifier, bytes) {
            return lastDraft.place
        }
        guard let named = RecordIdentifier(bytes, identifier) else { return nil }
        let place: Int
        if let known = places[named.id] {
            place = known
        } else {
            guard drafts.count < policy.batchesMax else {
                throw IntakeRefusal(
                    cause: .tooLarge, message: "more than \(policy.batchesMax) batches in a request"
                )
            }
            place = drafts.count
            places[named.id] = place
            var draft = BatchDraft(
                day: named.day, id: named.id, plan: plan, facts: facts,
                installation: installation)
            draft.countResource()
            drafts.append(draft)
        }
        lastDraft = (identifier, place)
        return place
    }

    private func isSameBatch(
        _ left: Range<Int>, _ right: Range<Int>, _ bytes: Span<UInt8>
    ) -> Bool {
        let count = RecordIdentifier.batchCharacters
        return NameTable.isEqual(
            bytes, left.lowerBound..<left.lowerBound + count, bytes,
            right.lowerBound..<right.lowerBound + count)
    }

    /// Takes a record of ARP Guard's form; one index counts once, and a batch has one sender.
    private mutating func take(
        _ record: FlatLogs.Record, _ logs: FlatLogs, index: Int, uid: Int, of sender: String,
        at place: Int
    ) {
        guard drafts[place].installation == sender, drafts[place].admits(index: index) else {
            return drafts[place].tally.add(.identifier)
        }
        guard policy.admits(drafts[place].day, on: today), let day = admission.day(of: record)
        else { return drafts[place].tally.add(.day) }
        if !admission.take(record, of: logs, on: day, uid: uid, into: &drafts[place]) {
            drafts[place].tally.add(.event)
        }
    }

    private mutating func takeForeign(
        _ record: FlatLogs.Record, _ logs: FlatLogs, _ uid: (attribute: Int, place: Range<Int>),
        _ plan: AdmissionPlan, _ facts: ResourceFacts, _ installation: String
    ) throws(IntakeRefusal) {
        guard batches.count < policy.foreignRecordsMax else {
            throw IntakeRefusal(
                cause: .tooLarge,
                message:
                    "more than \(policy.foreignRecordsMax) records with identifiers of their own"
            )
        }
        guard let day = admission.day(of: record) else { return tally.add(.day) }
        let hash = SHA256.hash(Array(installation.utf8) + logs.bytes[uid.place])
        var draft = BatchDraft(
            day: day, id: Array(hash.prefix(AdmittedBatch.idBytes)), plan: plan, facts: facts,
            installation: installation)
        if admission.take(record, of: logs, on: day, uid: uid.attribute, into: &draft) {
            // Losses are told once a request, which a resend may cut in another way.
            batches.append(try finished(draft, tellsLosses: false))
        } else {
            tally.add(.event)
        }
    }
}

extension IntakePolicy {
    /// Decides about the decoded body of a request.
    func decide(_ logs: FlatLogs, on today: Day) throws(IntakeRefusal) -> IntakeDecision {
        var admission = RequestAdmission(policy: self, today: today)
        return try admission.admit(logs)
    }
}
