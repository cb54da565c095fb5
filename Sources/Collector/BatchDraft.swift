// SPDX-License-Identifier: Apache-2.0

internal import Modules
internal import OTLP

/// The records of one batch while a request is read.
struct BatchDraft {
    private let identifier: BatchIdentifier
    private let facts: ResourceFacts
    private let installation: String
    private var indices: Set<Int> = []
    private var contributions: [Day: [Contribution]] = [:]
    private var records: [LogRecord] = []
    private var tally = Tally()

    init(_ identifier: BatchIdentifier, _ facts: ResourceFacts, installation: String) {
        self.identifier = identifier
        self.facts = facts
        self.installation = installation
        tally.add(.resource, facts.ignored)
    }

    /// Takes the record with this index; one index counts once, and a batch has one sender.
    mutating func take(
        _ record: LogRecord, index: Int, of sender: String, by admission: RecordAdmission
    ) {
        guard sender == installation, indices.insert(index).inserted else {
            return tally.add(.identifier)
        }
        guard admission.policy.admits(identifier.day, on: admission.today) else {
            return tally.add(.day)
        }
        switch admission.admit(record, &tally) {
        case .failure(let rejection): tally.add(rejection.reason)
        case .success(let admitted):
            contributions[admitted.day, default: []] += admitted.contributions
            records.append(admitted.record)
        }
    }

    /// The batch, with the sender's version on each of its days and its losses on the day on which
    /// it was sealed.
    func finished(by admission: RecordAdmission) -> AdmittedBatch {
        var contributions = contributions
        if admission.policy.admits(identifier.day, on: admission.today) {
            for (reason, count) in facts.losses.sorted(by: { $0.key < $1.key }) {
                contributions[identifier.day, default: []]
                    .append(Contribution(Counter(.loss, reason), amount: count))
            }
        }
        if let version = facts.version {
            for day in contributions.keys {
                contributions[day]?.append(Contribution(Counter(.version, version)))
            }
        }
        return AdmittedBatch(
            id: identifier.text, installation: installation,
            erasureKeyHash: facts.erasureKeyHash, contributions: contributions,
            records: encodedRecords, recordCount: records.count, tally: tally)
    }

    /// The admitted records as an OTLP request whose resource is empty.
    private var encodedRecords: [UInt8] {
        var scope = ScopeLogs()
        scope.logRecords = records
        var resource = ResourceLogs()
        resource.scopeLogs = [scope]
        var request = ExportLogsRequest()
        request.resourceLogs = [resource]
        return request.encoded()
    }
}
