// SPDX-License-Identifier: Apache-2.0

internal import Compression
internal import Modules
internal import OTLP

/// The records of one batch while a request is read.
struct BatchDraft {
    private let identifier: BatchIdentifier
    private let facts: ResourceFacts
    private let service: String
    private let installation: String
    private var indices: Set<Int> = []
    private var figures: [Day: DayCounters] = [:]
    private var records: [LogRecord] = []
    private var tally = Tally()

    init(
        _ identifier: BatchIdentifier, _ facts: ResourceFacts, service: String,
        installation: String
    ) {
        self.identifier = identifier
        self.facts = facts
        self.service = service
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
            for name in admitted.counters { add(name, on: admitted.day) }
            if let name = admitted.timed, let duration = admitted.durationMilliseconds {
                var durations = DurationHistogram()
                durations.add(milliseconds: duration)
                figures[admitted.day]?.time(name, durations)
            }
            records.append(admitted.record)
        }
    }

    private mutating func add(_ name: String, _ amount: Int = 1, on day: Day) {
        if !figures[day, default: DayCounters()].add(name, amount: amount) {
            tally.add(.share, amount)
        }
    }

    /// The batch, with the sender's version on each of its days and its losses on the day on which
    /// it was sealed.
    func finished(by policy: IntakePolicy, on today: Day) -> AdmittedBatch {
        var draft = self
        if policy.admits(identifier.day, on: today) {
            for (reason, count) in facts.losses.sorted(by: { $0.key < $1.key }) {
                draft.add(Counter(.loss, reason).description, count, on: identifier.day)
            }
        }
        for day in draft.figures.keys {
            let version = facts.version ?? Counter.notTold
            draft.add(Counter(.version, version).description, on: day)
        }
        return AdmittedBatch(
            service: service, installation: installation, day: identifier.day, id: identifier.id,
            erasureKeyHash: facts.erasureKeyHash, figures: draft.figures, records: encodedRecords,
            recordCount: records.count, tally: draft.tally)
    }

    /// The admitted records as an OTLP request whose resource is empty, in a zstd frame.
    private var encodedRecords: [UInt8] {
        guard !records.isEmpty else { return [] }
        var scope = ScopeLogs()
        scope.logRecords = records
        var resource = ResourceLogs()
        resource.scopeLogs = [scope]
        var request = ExportLogsRequest()
        request.resourceLogs = [resource]
        // Only memory can be missing; the figures are what counts.
        return (try? compress(request.encoded(), as: .zstd, level: 1)) ?? []
    }
}
