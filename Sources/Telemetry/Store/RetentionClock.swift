// SPDX-License-Identifier: Apache-2.0

/// Judges whether the time of day may be believed where data is deleted for its age.
///
/// A clock that was set a year ahead by mistake must not delete everything at once. Within one run
/// of the machine the time of day and the uptime go together; a time of day that ran ahead of the
/// uptime is believed only after it has stood for an hour. Time that goes back deletes nothing.
struct RetentionClock: Equatable {
    /// How far the time of day may run ahead of the uptime, in nanoseconds: a day.
    static let aheadMax: Int64 = 86_400_000_000_000
    /// How far the two may drift apart before that is worth a write, in nanoseconds: a minute. Ages
    /// are reckoned in days, and a look is to change nothing.
    static let driftMax: Int64 = 60_000_000_000
    /// How long a time further ahead must stand, in nanoseconds of uptime: an hour.
    static let doubtNanoseconds: Int64 = 3_600_000_000_000
    /// The farthest from 0 that anything in a store's memory may be, in nanoseconds: 146 years.
    private static let farthest: Int64 = 1 << 62

    /// The time of day at an uptime of 0, as it was last believed.
    var offset: Int64
    /// The uptime at the last look.
    var uptime: Int64
    /// Since which uptime the time of day is doubted; nil while it is believed.
    var doubtSince: Int64?

    /// Believes what the clocks show.
    init(now: Int64, uptime: Int64) {
        self.offset = now - uptime
        self.uptime = uptime
    }

    /// The time of day to reckon ages from.
    mutating func reckoned(now: Int64, uptime: Int64) -> Int64 {
        let isAnotherRun = uptime < self.uptime
        let isClose = now - uptime - offset <= Self.aheadMax
        let isSettled = doubtSince.map { uptime - $0 >= Self.doubtNanoseconds } ?? false
        if isAnotherRun || isClose || isSettled {
            self = RetentionClock(now: now, uptime: uptime)
            return now
        }
        doubtSince = doubtSince ?? uptime
        self.uptime = uptime
        return offset + uptime
    }

    /// Whether it tells something that `earlier` does not: not at every flush, nor at every look.
    func isNews(after earlier: RetentionClock?) -> Bool {
        guard let earlier else { return true }
        return (offset - earlier.offset).magnitude > UInt64(Self.driftMax)
            || doubtSince != earlier.doubtSince || uptime < earlier.uptime
    }

    /// The clock as bytes of the store's memory.
    var serialized: [UInt8] {
        [offset, uptime, doubtSince ?? -1].flatMap { UInt64(bitPattern: $0).littleEndianBytes }
    }

    /// Reads it; nil if that is something else.
    init?(_ bytes: [UInt8]) {
        var cursor = ByteCursor(bytes)
        guard bytes.count == 24, let offset = cursor.uint64(), let uptime = cursor.uint64(),
            let doubt = cursor.uint64()
        else { return nil }
        self.offset = Int64(bitPattern: offset)
        self.uptime = Int64(bitPattern: uptime)
        doubtSince = doubt == .max ? nil : Int64(bitPattern: doubt)
        let believable = -Self.farthest...Self.farthest
        guard [self.offset, self.uptime, doubtSince ?? 0].allSatisfy(believable.contains) else {
            return nil
        }
    }
}
