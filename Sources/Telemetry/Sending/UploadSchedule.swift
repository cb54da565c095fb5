// SPDX-License-Identifier: Apache-2.0

public import Modules

/// When the next round of uploads is due: a value that is asked with the time.
///
/// Time is cut into windows as long as the interval, the same ones for everybody. In each window
/// one due time is drawn, uniformly and independently of all others and of the installation. So
/// arrivals at a server are spread evenly, and those of one installation tell nothing about each
/// other. A time that passed while the machine was off is due at once.
public struct UploadSchedule: Sendable, Equatable {
    /// A round is due from here on.
    public let dueAt: Timestamp
    /// The interval for which it was drawn, in hours; 1 to 8760.
    public let intervalHours: Int

    /// A year, the longest interval that can be configured.
    static let hoursMax = 8760
    private static let nanosecondsPerHour: Int64 = 3_600_000_000_000

    /// A schedule as it was kept; an interval out of bounds becomes the bound.
    public init(dueAt: Timestamp, intervalHours: Int) {
        self.dueAt = dueAt
        self.intervalHours = min(max(1, intervalHours), Self.hoursMax)
    }

    private var interval: Int64 { Int64(intervalHours) * Self.nanosecondsPerHour }

    /// Whether a round is due.
    public func isDue(at now: Timestamp) -> Bool { now >= dueAt }

    /// The first due time: drawn uniformly over the interval that begins now.
    public static func first(
        after now: Timestamp, intervalHours: Int, _ random: some RandomSource
    ) -> UploadSchedule {
        UploadSchedule(dueAt: now, intervalHours: intervalHours).drawn(from: now, random)
    }

    /// The due time after a round: drawn uniformly over the window that follows the one of `now`.
    public func next(after now: Timestamp, _ random: some RandomSource) -> UploadSchedule {
        let (quotient, rest) = now.nanoseconds.quotientAndRemainder(dividingBy: interval)
        let window = rest < 0 ? quotient - 1 : quotient
        let start = (window + 1).multipliedReportingOverflow(by: interval)
        return drawn(
            from: start.overflow ? now : Timestamp(nanoseconds: start.partialValue), random)
    }

    /// The due time after a round that used up the day's bytes: drawn uniformly over the next UTC
    /// day, since nothing can leave before; over as much of it as the interval is long.
    public func nextDay(after now: Timestamp, _ random: some RandomSource) -> UploadSchedule {
        drawn(
            from: Day(number: now.day.number + 1).start, over: min(interval, Day.nanoseconds),
            random)
    }

    /// Whether a clock that was right can have drawn it for this interval; what can't be is drawn
    /// anew, so that a clock gone wrong keeps nothing waiting.
    public func isPlausible(at now: Timestamp, intervalHours: Int) -> Bool {
        let latest = now.advanced(byNanoseconds: 2 * interval + Day.nanoseconds)
        return self.intervalHours == intervalHours && dueAt <= latest
    }

    private func drawn(
        from start: Timestamp, over length: Int64? = nil, _ random: some RandomSource
    ) -> UploadSchedule {
        let offset = Int64(random.uniform(below: UInt64(length ?? interval)))
        return UploadSchedule(
            dueAt: start.advanced(byNanoseconds: offset), intervalHours: intervalHours)
    }
}

/// The waiting work of a home, for the question when an uploader has something to do.
public struct UploadAgenda: Sendable, Equatable {
    /// The schedule of batches; nil while sending is blocked.
    public var schedule: UploadSchedule?
    /// When a batch that failed may be tried again; nil where none has.
    public var retryAt: Timestamp?
    /// Until when batches are kept apart from a request for erasure; nil where none left lately.
    public var apartUntil: Timestamp?
    /// When the first pending erasure may be asked for; nil where none is pending or may be sent.
    public var erasureAt: Timestamp?

    /// What waits in a home.
    public init(
        schedule: UploadSchedule? = nil, retryAt: Timestamp? = nil,
        apartUntil: Timestamp? = nil, erasureAt: Timestamp? = nil
    ) {
        self.schedule = schedule
        self.retryAt = retryAt
        self.apartUntil = apartUntil
        self.erasureAt = erasureAt
    }

    /// When batches may go: at the next attempt of one that failed, since whoever asked for
    /// patience asked for it for all; else as scheduled; not before they are kept apart no more.
    /// Nil while sending is blocked.
    public var batchesAt: Timestamp? {
        schedule.map { schedule in
            let time = retryAt ?? schedule.dueAt
            return apartUntil.map { max(time, $0) } ?? time
        }
    }

    /// When an uploader has something to do; nil means not before something changes.
    public var dueAt: Timestamp? { [batchesAt, erasureAt].compactMap { $0 }.min() }

    /// Whether an uploader has something to do now.
    public func isDue(at now: Timestamp) -> Bool { dueAt.map { $0 <= now } ?? false }
}
