// SPDX-License-Identifier: Apache-2.0

internal import Modules

/// The rows of one commit for the table `batch`, in RowBinary.
struct BatchRows {
    static let columns = """
        until, installation, service, day, id, arrived, days, figure_day, figure_name, \
        figure_count, figure_buckets, figure_bucket_counts, reason, reason_count, records
        """
    /// The name of the figure that each installation has once a day.
    static let presence = ""
    /// The most that is stored of one count, so that no sum of a day leaves 64 bits.
    private static let countMax = 1 << 40
    /// The first byte of what stands in place of an installation, where only counts are kept: of
    /// what was rejected, or of what came after an erasure.
    private enum Anonymous: UInt8 {
        case rejected = 0
        case erased = 1
        case ofNoBatch = 2
    }

    /// The condition for all rows but those of ``addNothing(id:)``.
    static let saysSomething = "NOT (service = '' AND empty(reason))"

    private let today: Day
    private var writer = RowBinaryWriter()

    init(today: Day) {
        self.today = today
    }

    var bytes: [UInt8] { writer.bytes }

    /// Adds a batch, the first of its installation today or not, and what was rejected of it under
    /// no installation's hash: it outlives an erasure.
    mutating func add(_ batch: AdmittedBatch, _ installation: [UInt8], isFirst: Bool) {
        let figures = batch.figures.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
        let until = ([today, batch.day] + figures.map(\.key)).max() ?? today
        addKey(until, installation, batch.service, batch.day, batch.id)
        writer.array(figures.map(\.key)) { $0.day($1) }
        let flat = figures.flatMap { day, counters in
            [(day: day, name: Self.presence, figure: DayCounters.Figure(count: 1))]
                + counters.figures.sorted { $0.key < $1.key }.map {
                    (day: day, name: $0.key, figure: $0.value)
                }
        }
        writer.array(flat) { $0.day($1.day) }
        writer.array(flat) { $0.string($1.name.utf8.prefix(DayCounters.nameBytesMax)) }
        writer.array(flat) { $0.count($1.figure.count) }
        let buckets = flat.map(\.figure.durations.bins)
        writer.array(buckets) { $0.array($1) { $0.byte($1.bucket) } }
        writer.array(buckets) { $0.array($1) { $0.count($1.count) } }
        addReasons(DayTally())
        writer.string(batch.records)
        var tally = DayTally()
        tally.add(batch.tally, isFirst: isFirst)
        addCounts(tally, .rejected, batch.day, batch.id)
    }

    /// Counts the records of a batch whose installation was erased, once for each batch.
    mutating func addErased(_ batch: AdmittedBatch) {
        var tally = DayTally()
        tally.add(.erased, batch.recordCount)
        addCounts(tally, .erased, batch.day, batch.id)
    }

    /// Adds what belongs to no batch.
    mutating func addTally(_ tally: Tally, id: [UInt8]) {
        var ofNone = DayTally()
        ofNone.add(tally)
        addCounts(ofNone, .ofNoBatch, today, id)
    }

    /// Adds a row that says nothing.
    mutating func addNothing(id: [UInt8]) {
        addAnonymous(DayTally(), .ofNoBatch, today, id)
    }

    private mutating func addCounts(
        _ tally: DayTally, _ kind: Anonymous, _ day: Day, _ id: [UInt8]
    ) {
        if !tally.amounts.counts.isEmpty { addAnonymous(tally, kind, day, id) }
    }

    private mutating func addAnonymous(
        _ tally: DayTally, _ kind: Anonymous, _ day: Day, _ id: [UInt8]
    ) {
        // The identifier once more, so that such rows are spread over the shards.
        addKey(max(today, day), [kind.rawValue] + id, "", day, id)
        for _ in 1...6 { writer.array([Day]()) { $0.day($1) } }
        addReasons(tally)
        writer.string([])
    }

    private mutating func addKey(
        _ until: Day, _ installation: [UInt8], _ service: String, _ day: Day, _ id: [UInt8]
    ) {
        writer.day(until)
        writer.fixed(installation, ClickHouseStorage.hashBytes)
        writer.string(service.utf8)
        writer.day(day)
        writer.fixed(id, ClickHouseStorage.idBytes)
        writer.day(today)
    }

    private mutating func addReasons(_ tally: DayTally) {
        writer.array(tally.entries) { $0.string($1.word.utf8) }
        writer.array(tally.entries) { $0.count($1.count) }
    }

    fileprivate static func stored(_ count: Int) -> UInt64 {
        UInt64(clamping: min(count, countMax))
    }
}

extension RowBinaryWriter {
    fileprivate mutating func count(_ value: Int) {
        number(BatchRows.stored(value))
    }

    /// A row of the table `installation`.
    mutating func note(_ note: InstallationNote, of hash: [UInt8]) {
        fixed(hash, ClickHouseStorage.hashBytes)
        fixed(note.secret, InstallationNote.secretBytes)
        day(note.since)
        day(note.seen)
    }
}
