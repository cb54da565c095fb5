// SPDX-License-Identifier: Apache-2.0

/// The stations that took an address as the first thing that was heard of them.
///
/// Invented ones are heard once. Devices that all start under the address of their factory go on to
/// ask for others, or to answer when everybody is asked: who does is no stranger any more, and who
/// answers makes others of its kind likelier, within bounds.
struct Strangers: Sendable {
    /// How many are told apart.
    static let countMax = 16

    private var times: [16 of Int64] = .init(repeating: .min)
    private var prints: [16 of UInt32] = .init(repeating: 0)
    private var next: UInt8 = 0
    /// When one of them turned out to be there.
    private var proven = RecentTimes()
    /// When one came that was asked.
    private var asked = RecentTimes()

    /// Counts a station and says whether it is a stranger: whose first word is an answer is none,
    /// but for those beyond as many as there may honestly be.
    mutating func addNew(
        _ mac: MACAddress, isPrompted: Bool, within window: Int64, at time: Int64
    ) -> Bool {
        if isPrompted {
            let before = asked.count(within: window, at: time)
            asked.add(time)
            if before < RecentTimes.countMax { return false }
        }
        times[Int(next)] = time
        prints[Int(next)] = mac.print
        next = (next + 1) % UInt8(Self.countMax)
        return true
    }

    /// Notes that a station asked, or answered everybody's question.
    mutating func hears(
        _ mac: MACAddress, isAnswer: Bool, within window: Int64, at time: Int64
    ) {
        for index in times.indices where prints[index] == mac.print && times[index] != .min {
            if isAnswer, time.isWithin(window, of: times[index]) { proven.add(time) }
            times[index] = .min
        }
    }

    /// How many there were in the window, less those that may be of the kind that turned out to
    /// be there.
    func count(within window: Int64, at time: Int64) -> Int {
        var count = 0
        for index in times.indices where times[index] != .min {
            if time.isWithin(window, of: times[index]) { count += 1 }
        }
        let proven = Swift.min(Self.provenMax, proven.count(within: window, at: time))
        return Swift.max(0, count - Self.perProven * proven)
    }

    /// For how many others one stands that turned out to be there: a recorder looks for its cameras
    /// every few seconds, and several start in between.
    private static let perProven = 2
    /// How many may stand for others.
    private static let provenMax = 4
}

extension MACAddress {
    /// A number that other addresses hardly ever share.
    fileprivate var print: UInt32 { UInt32(truncatingIfNeeded: bits) }
}
