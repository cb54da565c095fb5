// SPDX-License-Identifier: Apache-2.0

/// How often one station was told the same, unasked.
struct Repetition: Sendable {
    private(set) var firstFrame: UInt64
    private var times = RecentTimes()

    init(frame: UInt64) {
        firstFrame = frame
    }

    /// Counts one more, and returns how many there were in the window; at most eight. After a
    /// longer pause than `pauseMax` it counts anew, before one of `pauseMin` it counts nothing.
    mutating func add(
        frame: UInt64, at time: Int64, within window: Int64, pauseMin: Int64 = -1,
        pauseMax: Int64 = .max
    ) -> Int {
        if times.hasOne(within: pauseMin, of: time) {
            return times.count(within: window, at: time)
        }
        if times.count(within: min(window, pauseMax), at: time) == 0 {
            firstFrame = frame
            times = RecentTimes()
        }
        times.add(time)
        return times.count(within: window, at: time)
    }
}

/// A station that is told things unasked.
struct Listener: Sendable {
    private let firstSpeaker: MACAddress
    private(set) var hasSeveralSpeakers = false

    init(firstSpeaker: MACAddress) {
        self.firstSpeaker = firstSpeaker
    }

    /// Notes who told it something.
    mutating func hears(_ speaker: MACAddress) {
        if speaker != firstSpeaker { hasSeveralSpeakers = true }
    }
}

/// The senders that a frame source spoke for, besides itself, since a window began.
struct SpokenFor: Sendable {
    /// How many senders are told apart.
    static let sendersMax = 16

    private var senders: [16 of MACAddress] = .init(repeating: .zero)
    private(set) var count = 0
    private(set) var firstFrame: UInt64
    private var since: Int64

    init(frame: UInt64, time: Int64) {
        firstFrame = frame
        since = time
    }

    mutating func add(_ sender: MACAddress, frame: UInt64, at time: Int64, within window: Int64) {
        if !time.isWithin(window, of: since) { self = SpokenFor(frame: frame, time: time) }
        for index in 0..<count where senders[index] == sender { return }
        guard count < Self.sendersMax else { return }
        senders[count] = sender
        count += 1
    }
}
