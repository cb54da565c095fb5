// SPDX-License-Identifier: Apache-2.0

/// The stations of a segment that were heard for the first time a short while ago.
struct Newcomers: Sendable {
    private var all = SlidingCount()
    private var unsolicited = SlidingCount()
    /// Those that came when the segment had been heard for a while.
    private var late = SlidingCount()
    /// Those that took an address from another station.
    private var takers = SlidingCount()
    /// Those of them that took it from its owner, and not from one that had just taken it.
    private var robbers = SlidingCount()
    /// The owners that were heard a short while before such a station, or came back.
    private var robbed = SlidingCount()
    /// The owners that came back since `burstTime`, when many stations had taken addresses.
    private var back = SlidingCount()
    private var burstTime: Int64?
    private var firstHeard: Int64?
    /// How many came in the first window, when everybody was new.
    private var first: UInt32 = 0
    /// One bit for each first octet of the newcomers' addresses, as of `spreadSince`.
    private var spread: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    private var spreadSince: Int64 = .min

    /// How many newcomers there are in the window.
    struct Count: Equatable, Sendable {
        /// All of them.
        var all = 0
        /// Those that came when the segment had been heard for a whole window: before that,
        /// everybody is new.
        var late = 0
        /// How many of those there may be as long as not everybody had a turn: twice as many as
        /// came in the first window. Who is heard once a minute is new for a minute.
        var lateExpected = 0
        /// Those whose first word was an unsolicited answer.
        var unsolicited = 0
        /// How many different first octets their addresses have.
        var firstOctets = 0
    }

    /// Whether the segment had been heard for `window` at `time`: so it was too where it was first
    /// heard further ahead, before a clock was set back.
    func isHeard(for window: Int64, at time: Int64) -> Bool {
        firstHeard.map { !time.isWithin(window, of: $0) } ?? false
    }

    /// Counts one that took an address from another station, its owner or not, who `isThere` or was
    /// heard no more, and returns how many there are, and how many owners that are there.
    /// From `burst` robbers on, owners that come back are counted.
    mutating func addTaker(
        at time: Int64, within window: Int64, isFromOwner: Bool, isThere: Bool, burst: Int
    ) -> (takers: Int, robbed: Int) {
        if isFromOwner {
            if isThere { _ = robbed.add(at: time, within: window) }
            if robbers.add(at: time, within: window) >= burst { burstTime = time }
        }
        return (takers.add(at: time, within: window), robbed.count(at: time, within: window))
    }

    /// Counts an owner that came back, and returns how many did since many addresses were taken,
    /// no longer than `returnWindow` ago.
    mutating func addOwnerBack(
        at time: Int64, within window: Int64, afterBurstWithin returnWindow: Int64
    ) -> Int {
        _ = robbed.add(at: time, within: window)
        guard let burstTime, time.isWithin(returnWindow, of: burstTime) else { return 0 }
        return back.add(at: time, within: returnWindow)
    }

    /// Counts one more. In a segment that was heard for less than `turn` there may be some that had
    /// no occasion to speak yet.
    mutating func add(
        _ ip: IPv4Address, isUnsolicited: Bool, at time: Int64, within window: Int64,
        turn: Int64
    ) -> Count {
        if spreadSince == .min || !time.isWithin(window, of: spreadSince) {
            spread = (0, 0, 0, 0)
            spreadSince = time
        }
        mark(UInt8(ip.bits >> 24))
        if firstHeard == nil { firstHeard = time }
        let isLate = isHeard(for: window, at: time)
        if !isLate { first &+= 1 }
        return Count(
            all: all.add(at: time, within: window),
            late: isLate ? late.add(at: time, within: window) : 0,
            lateExpected: isHeard(for: turn, at: time) ? 0 : 2 * Int(first),
            unsolicited: isUnsolicited ? unsolicited.add(at: time, within: window) : 0,
            firstOctets: spread.0.nonzeroBitCount + spread.1.nonzeroBitCount
                + spread.2.nonzeroBitCount + spread.3.nonzeroBitCount)
    }

    private mutating func mark(_ octet: UInt8) {
        let bit: UInt64 = 1 << UInt64(octet & 63)
        switch octet >> 6 {
        case 0: spread.0 |= bit
        case 1: spread.1 |= bit
        case 2: spread.2 |= bit
        default: spread.3 |= bit
        }
    }
}
