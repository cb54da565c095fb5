// SPDX-License-Identifier: Apache-2.0

internal import Compression
internal import Modules

/// The records of one batch while a request is read.
struct BatchDraft {
    /// The figures of one day.
    private struct DayDraft {
        let day: Day
        /// The figure of the plan that each count is of: no room is taken for the others, of which
        /// a catalogue of long lists has very many.
        var counted: [UInt32] = []
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
    private(set) var recordCount = 0
    /// Admitted records, each as field 2 of ScopeLogs.
    private var records = CompactWriter()
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
    }

    /// Counts what the resource says that is not known here: once, however many batches it is of.
    mutating func countResource() {
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

    /// Takes what is kept of an admitted record, which is so many bytes.
    mutating func admitRecord(bytes: Int, _ write: (inout CompactWriter) -> Void) {
        recordCount += 1
        records.delimited(field: 2, count: bytes)
        write(&records)
    }

    /// Where the figures of a day are counted.
    mutating func place(of day: Day) -> Int {
        if let place = days.firstIndex(where: { $0.day == day }) { return place }
        days.append(DayDraft(day: day))
        return days.count - 1
    }

    mutating func count(_ counter: Int, at place: Int) {
        days[place].counted.append(UInt32(counter))
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

    /// The batch, with the sender's version on each of its days and, with `tellsLosses`, its losses
    /// on the day on which it was sealed.
    consuming func finished(
        tellsLosses: Bool, _ compressor: ZstdCompressor
    ) throws(CompressionError) -> AdmittedBatch {
        if tellsLosses {
            for (reason, count) in facts.losses.sorted(by: { $0.key < $1.key }) {
                let place = place(of: day)
                self.count(Counter(.loss, reason).description, count, at: place)
            }
        }
        var figures: [Day: DayCounters] = [:]
        for place in days.indices { figures[days[place].day] = counters(at: place) }
        return AdmittedBatch(
            service: plan.service, installation: installation, day: day, id: id,
            erasureKeyHash: facts.erasureKeyHash, figures: figures,
            records: try compressedRecords(compressor), recordCount: recordCount, tally: tally)
    }

    /// The figures of a day, the version first. Those beyond the most that a batch may have are
    /// left out and counted.
    private mutating func counters(at place: Int) -> DayCounters {
        let draft = days[place]
        var counters = DayCounters(capacity: draft.others.count + plan.events.count * 3)
        counters.add(Counter(.version, facts.version ?? Counter.notTold).description)
        var durations = draft.durations.sorted()[...]
        var counted = draft.counted.sorted()[...]
        while let number = counted.first {
            let end = counted.firstIndex { $0 != number } ?? counted.endIndex
            var figure = DayCounters.Figure(count: end - counted.startIndex)
            counted = counted[end...]
            while let next = durations.first, next >> 8 == number {
                figure.durations.add(1, to: UInt8(next & 0xFF))
                durations.removeFirst()
            }
            let isTaken = counters.insert(plan.counterNames[Int(number)], figure)
            if !isTaken { tally.add(.share, figure.count) }
        }
        for (name, count) in draft.others where !counters.add(name, amount: count) {
            tally.add(.share, count)
        }
        return counters
    }

    /// The admitted records as an OTLP request of one resource that says nothing, in a zstd frame.
    private func compressedRecords(
        _ compressor: ZstdCompressor
    ) throws(CompressionError) -> [UInt8] {
        guard recordCount > 0 else { return [] }
        var scope = CompactWriter()
        scope.delimited(field: 2, count: records.bytes.count)
        var request = CompactWriter()
        request.delimited(field: 1, count: scope.bytes.count + records.bytes.count)
        request.append(scope.bytes)
        request.append(records.bytes)
        return try compressor.compress(request.bytes)
    }
}
