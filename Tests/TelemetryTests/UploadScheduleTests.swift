// SPDX-License-Identifier: Apache-2.0

import Modules
import SQLite
import Telemetry
import TestKit
import Testing

@Suite struct UploadScheduleTests {
    private static let hour: Int64 = 3_600_000_000_000
    private let now = Timestamp(seconds: 1_795_392_000 + 12_345)
    private let random = SeededRandom(seed: 5)

    /// The windows are the same for everybody: they begin at multiples of the interval.
    private func window(_ time: Timestamp, _ hours: Int) -> Int64 {
        time.nanoseconds / (Int64(hours) * Self.hour)
    }

    @Test(arguments: [1, 7, 24, 8760])
    func `the first due time lies evenly within the coming interval`(hours: Int) {
        let interval = Int64(hours) * Self.hour
        var quarters = [0, 0, 0, 0]
        for _ in 0..<4000 {
            let schedule = UploadSchedule.first(after: now, intervalHours: hours, random)
            let offset = schedule.dueAt.nanoseconds - now.nanoseconds
            quarters[Int(offset / (interval / 4))] += 1
            #expect(!schedule.isDue(at: now.advanced(byNanoseconds: offset - 1)))
            #expect(schedule.isDue(at: schedule.dueAt))
        }
        for count in quarters { #expect((850...1150).contains(count)) }
    }

    @Test(arguments: [1, 24])
    func `each later one lies evenly within the window after the round`(hours: Int) {
        let interval = Int64(hours) * Self.hour
        var quarters = [0, 0, 0, 0]
        var schedule = UploadSchedule.first(after: now, intervalHours: hours, random)
        for _ in 0..<4000 {
            let round = schedule.dueAt
            schedule = schedule.next(after: round, random)
            #expect(window(schedule.dueAt, hours) == window(round, hours) + 1)
            quarters[Int(schedule.dueAt.nanoseconds % interval / (interval / 4))] += 1
        }
        for count in quarters { #expect((850...1150).contains(count)) }
    }

    @Test func `a due time tells nothing about the one before`() {
        var schedule = UploadSchedule.first(after: now, intervalHours: 24, random)
        var places: [Double] = []
        for _ in 0..<4000 {
            schedule = schedule.next(after: schedule.dueAt, random)
            places.append(Double(schedule.dueAt.nanoseconds % (24 * Self.hour)))
        }
        let mean = places.reduce(0, +) / Double(places.count)
        let spread = places.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let together = zip(places, places.dropFirst()).reduce(0) {
            $0 + ($1.0 - mean) * ($1.1 - mean)
        }
        // The correlation of 4000 independent draws is below 0.06 but once in ten thousand times.
        #expect(abs(together / spread) < 0.06)
    }

    @Test func `what was missed while the machine was off is due at once, and only once`() {
        let schedule = UploadSchedule.first(after: now, intervalHours: 24, random)
        let muchLater = now.advanced(bySeconds: 40 * 86_400)
        #expect(schedule.isDue(at: muchLater))
        let next = schedule.next(after: muchLater, random)
        #expect(!next.isDue(at: muchLater))
        #expect(window(next.dueAt, 24) == window(muchLater, 24) + 1)
    }

    @Test(arguments: [(1, 1), (24, 24), (720, 24)])
    func `a day whose bytes are used up is over before the next round, which is in the next`(
        hours: Int, withinHours: Int64
    ) {
        let schedule = UploadSchedule.first(after: now, intervalHours: hours, random)
        for _ in 0..<100 {
            let next = schedule.nextDay(after: now, random)
            let midnight = Day(number: now.day.number + 1).start
            #expect(next.dueAt >= midnight && next.intervalHours == hours)
            #expect(next.dueAt < midnight.advanced(bySeconds: withinHours * 3600))
        }
    }

    @Test(arguments: [
        (Timestamp(nanoseconds: .min), 1), (Timestamp(nanoseconds: .max), 8760),
        (Timestamp(nanoseconds: -1), 24), (Timestamp(nanoseconds: 0), 1),
    ])
    func `no clock is too odd`(time: Timestamp, hours: Int) {
        let schedule = UploadSchedule.first(after: time, intervalHours: hours, random)
        #expect(schedule.dueAt >= time)
        #expect(schedule.next(after: time, random).dueAt >= time)
        _ = schedule.nextDay(after: time, random)
    }

    @Test func `only what a clock that is right can have drawn counts`() {
        let schedule = UploadSchedule.first(after: now, intervalHours: 24, random)
        #expect(schedule.isPlausible(at: now, intervalHours: 24))
        #expect(!schedule.isPlausible(at: now, intervalHours: 12))
        let yearBefore = now.advanced(bySeconds: -365 * 86_400)
        #expect(!schedule.isPlausible(at: yearBefore, intervalHours: 24))
        #expect(schedule.isPlausible(at: now.advanced(bySeconds: 365 * 86_400), intervalHours: 24))
    }

    @Test func `an agenda is due by its schedule, by a retry in its place, or by an erasure`() {
        let schedule = UploadSchedule(dueAt: Timestamp(seconds: 500), intervalHours: 24)
        let cases: [(UploadAgenda, Int64?)] = [
            (UploadAgenda(), nil),
            (UploadAgenda(schedule: schedule), 500),
            (UploadAgenda(schedule: schedule, retryAt: Timestamp(seconds: 100)), 100),
            (UploadAgenda(schedule: schedule, retryAt: Timestamp(seconds: 900)), 900),
            (UploadAgenda(retryAt: Timestamp(seconds: 100)), nil),
            (UploadAgenda(schedule: schedule, erasureAt: Timestamp(seconds: 0)), 0),
            (UploadAgenda(erasureAt: Timestamp(seconds: 700)), 700),
        ]
        for (agenda, seconds) in cases {
            #expect(agenda.dueAt == seconds.map { Timestamp(seconds: $0) })
            guard let seconds else {
                #expect(!agenda.isDue(at: Timestamp(nanoseconds: .max)))
                continue
            }
            #expect(agenda.isDue(at: Timestamp(seconds: seconds)))
            #expect(!agenda.isDue(at: Timestamp(seconds: seconds - 1)))
        }
    }
}

/// The schedule of a home, kept over restarts.
@Suite struct ScheduleMemoryTests {
    let home: Home

    init() throws {
        home = try Home()
        try home.enable()
        home.record(1)
    }

    private func due(_ config: TelemetryModuleConfig = .withURL) throws -> Timestamp? {
        try home.control(config).uploadAgenda().dueAt
    }

    private func round() throws {
        try #require(try home.control().outbox()).noteRound()
    }

    @Test func `the due time holds over restarts, and the status tells it`() throws {
        let first = try #require(try due())
        #expect(try due() == first)
        #expect(try home.control().status().nextUpload == first.rfc3339)
        #expect(first >= home.clock.now() && first < home.clock.now().advanced(bySeconds: 86_400))
    }

    @Test func `a round that was due moves the due time, one that was not leaves it`() throws {
        let first = try #require(try due())
        try round()
        #expect(try due() == first)
        home.clock.jump(to: first)
        try round()
        let second = try #require(try due())
        #expect(second > first)
        #expect(second.nanoseconds / Day.nanoseconds == first.nanoseconds / Day.nanoseconds + 1)
    }

    @Test func `another interval, or a clock that was a year ahead, draws anew`() throws {
        let first = try #require(try due())
        var weekly = TelemetryModuleConfig.withURL
        weekly.collectionInterval = 168
        let other = try #require(try due(weekly))
        #expect(other < home.clock.now().advanced(bySeconds: 168 * 3600))
        let start = home.clock.now()
        home.clock.jump(to: start.advanced(bySeconds: 365 * 86_400))
        let ahead = try #require(try due())
        #expect(ahead > first)
        home.clock.jump(to: start)
        let back = try #require(try due())
        #expect(back < start.advanced(bySeconds: 86_400))
    }

    @Test func `a failed batch is due at its retry, and an erasure at its own time`() throws {
        do {
            let outbox = try #require(try home.control().outbox())
            guard case .batch(let batch) = try outbox.next(), try outbox.begin(batch) else {
                throw TestKitError("nothing to send")
            }
            let later = home.clock.now().advanced(bySeconds: 7)
            try outbox.retry(batch, notBefore: later, answer: "503")
            #expect(try due() == later)
        }
        _ = try home.control().deleteData()
        #expect(try home.control().uploadAgenda().isDue(at: home.clock.now()))
        try home.control().disable()
        #expect(try due() == Timestamp(nanoseconds: 0))
    }

    @Test func `where nothing may be sent nothing is due`() throws {
        try home.control().disable()
        #expect(try due() == nil)
        #expect(try home.control().status().nextUpload == nil)
    }

    @Test(arguments: [
        "1 3000000000000000", "9223372036854775807 9223372036854775807",
        "-9223372036854775808 -9223372036854775808", "1", "1 2 3", "x",
    ])
    func `a schedule that nobody can have kept is drawn anew`(text: String) throws {
        _ = try due()
        try Connection(path: "\(home.storage)/store.sqlite", mode: .readWrite).run(
            "UPDATE memory SET value = ? WHERE key = 'upload.schedule'",
            [.blob(Array(text.utf8))])
        let next = try #require(try due())
        #expect(next >= home.clock.now() && next < home.clock.now().advanced(bySeconds: 86_400))
        #expect(try home.control().status().nextUpload == next.rfc3339)
    }

    @Test func `deleted data takes the due time with it`() throws {
        let first = try #require(try due())
        _ = try home.control().deleteData()
        home.record(1)
        #expect(try due() != first)
    }
}
