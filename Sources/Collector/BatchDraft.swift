// SPDX-License-Identifier: Apache-2.0

internal import Modules

/// The records of one batch while a request is read.
struct BatchDraft {
    /// The figures of one day.
    private struct DayDraft {
        let day: Day
        /// How often each figure of the plan was counted.
        var counts: [UInt32]
        /// A number for each duration: its figure, then its bucket in the lowest 8 bits.
        var durations: [Int] = []
        /// Figures whose names are not in the plan.
        var others: [String: Int] = [:]
    }

    let day: Day
    let id: [UInt8]
    let plan: AdmissionPlan
    let facts: ResourceFacts
    let installation: String
    var tally = Tally()
    /// Admitted records, each as field 2 of ScopeLogs.
    var records: [UInt8] = []
    private(set) var recordCount = 0
    private var indices: [UInt64] = []
    private var days: [DayDraft] = []

    init(
        day: Day, id: [UInt8], plan: AdmissionPlan, facts: ResourceFacts, installation: String
    ) {
        self.day = day
        self.id = id
        self.plan = plan
        self.facts = facts
        self.installation = installation
        tally.add(.resource, facts.ignored)
    }

    /// Notes the index of a record; false when it came before.
    mutating func admits(index: Int) -> Bool {
        let (word, bit) = (index / 64, UInt64(1) << UInt64(index % 64))
        while indices.count <= word { indices.append(0) }
        guard indices[word] & bit == 0 else { return false }
        indices[word] |= bit
        return true
    }

    /// Notes that a record of a day was admitted; where its figures are to be counted.
    mutating func admitRecord(on day: Day) -> Int {
        recordCount += 1
        return place(of: day)
    }

    private mutating func place(of day: Day) -> Int {
        if let place = days.firstIndex(where: { $0.day == day }) { return place }
        days.append(
            DayDraft(day: day, counts: [UInt32](repeating: 0, count: plan.counterNames.count)))
        return days.count - 1
    }

    mutating func count(_ counter: Int, at place: Int) {
        days[place].counts[counter] &+= 1
    }

    mutating func count(_ name: String, _ amount: Int = 1, at place: Int) {
        guard days[place].others[name] != nil || days[place].others.count < DayCounters.figuresMax
        else { return tally.add(.share, amount) }
        days[place].others[name, default: 0] += amount
    }

    mutating func time(_ counter: Int, milliseconds: Int, at place: Int) {
        days[place].durations.append(
            counter << 8 | DurationHistogram.bucket(of: milliseconds))
    }

    /// The batch, with the sender's version on each of its days and its losses on the day on which
    /// it was sealed, which `isOpen` tells to be one that is admitted.
    consuming func finished(isOpen: Bool) -> AdmittedBatch {
        if isOpen {
            for (reason, count) in facts.losses.sorted(by: { $0.key < $1.key }) {
                let place = place(of: day)
                self.count(Counter(.loss, reason).description, count, at: place)
            }
        }
        let version = Counter(.version, facts.version ?? Counter.notTold).description
        for place in days.indices { count(version, at: place) }
        let figures = days.map { ($0.day, counters($0)) }
        return AdmittedBatch(
            service: plan.service, installation: installation, day: day, id: id,
            erasureKeyHash: facts.erasureKeyHash,
            figures: Dictionary(uniqueKeysWithValues: figures), records: wrappedRecords,
            recordCount: recordCount, tally: tally)
    }

    private func counters(_ draft: DayDraft) -> DayCounters {
        var counters = DayCounters(capacity: draft.others.count + plan.events.count * 3)
        for (number, count) in draft.counts.enumerated() where count > 0 {
            counters.add(plan.counterNames[number], amount: Int(count))
        }
        for (name, count) in draft.others { counters.add(name, amount: count) }
        var place = 0
        let durations = draft.durations.sorted()
        while place < durations.count {
            let number = durations[place] >> 8
            var buckets: [Int: Int] = [:]
            while place < durations.count, durations[place] >> 8 == number {
                buckets[durations[place] & 0xFF, default: 0] += 1
                place += 1
            }
            counters.time(plan.counterNames[number], DurationHistogram(counts: buckets))
        }
        return counters
    }

    /// The admitted records as an OTLP request of one resource that says nothing.
    private var wrappedRecords: [UInt8] {
        guard !records.isEmpty else { return [] }
        var scope = CompactWriter()
        scope.delimited(field: 2, count: records.count)
        var request = CompactWriter()
        request.delimited(field: 1, count: scope.bytes.count + records.count)
        return request.bytes + scope.bytes + records
    }
}
