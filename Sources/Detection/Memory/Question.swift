// SPDX-License-Identifier: Apache-2.0

/// A question that was asked, and who answered it.
struct Question: Sendable {
    private var time: Int64
    /// How many milliseconds before the asker had last spoken under an address of its own, and not
    /// to find out if this one is free; `UInt32.max` where it never had.
    private var ownNameAge: UInt32
    /// Whether everybody was asked, and so the owner too.
    let isToMany: Bool
    private var answers: [4 of UInt16] = .init(repeating: 0)
    private var answerCount: UInt8 = 0
    /// How many answers who answered may give once more: one for each copy of the question, and
    /// for each time that it was asked before and not answered.
    private var repeatedAnswers: UInt8 = 0
    /// How many answers were copies from elsewhere.
    private var copiedAnswers: UInt8 = 0
    /// Where it was asked, and last answered, each as a number that hardly any two places share.
    private var place: UInt16
    private var answerPlace: UInt16 = 0
    /// When it was last answered.
    private var answerTime: Int64 = .min

    /// The question that a packet asks at `time`.
    init(_ packet: ARPPacket, time: Int64) {
        self.time = time
        let isInOwnName =
            packet.sender.ip != .unspecified && packet.sender.ip != packet.target.ip
        ownNameAge = isInOwnName ? 0 : .max
        isToMany = packet.isToMany
        place = packet.segment.print
    }

    /// Takes over what is still owed to the same question, asked before: a slow station answers
    /// each time that it was asked, and all at once. Whom the asker took for the owner then is
    /// known, unless it tells everybody that the address is its own: `isAnnounced`.
    mutating func follows(_ earlier: Question, isAnnounced: Bool, _ thresholds: Thresholds) {
        if ownNameAge > 0, !isAnnounced { ownNameAge = earlier.ownNameAge(at: time) }
        guard time.isWithin(thresholds.questionOpen, of: earlier.time) else { return }
        let owed = min(earlier.repeatedAnswers, Self.owedMax - 1)
        repeatedAnswers = owed + (earlier.answerCount == 0 ? 1 : 0)
    }

    /// How many answers may be owed: systems ask three times or so before they give up.
    private static let owedMax: UInt8 = 4

    /// Whether a question is this one, as it passes another place of the same network.
    func isCopied(in segment: Segment, at now: Int64, _ thresholds: Thresholds) -> Bool {
        segment.print != place && now.isWithin(thresholds.copyWithin, of: time)
    }

    /// Whether a late answer of one more station may still come.
    func mayHaveRivals(at now: Int64, _ thresholds: Thresholds) -> Bool {
        now.isWithin(thresholds.rivalAnswerWithin, of: time)
    }

    /// Notes a copy of it: whoever answered before may do so once more, and nobody else.
    mutating func askedAgain() {
        let (sum, overflow) = repeatedAnswers.addingReportingOverflow(answerCount)
        if !overflow { repeatedAnswers = sum }
    }

    /// Whether it was asked within `window`, and answered.
    func wasAnswered(within window: Int64, at now: Int64) -> Bool {
        answerCount > 0 && now.isWithin(window, of: time)
    }

    /// Whether the asker showed, within `window`, that it takes the address for another's.
    func isInOwnName(within window: Int64, at now: Int64) -> Bool {
        now.isWithin(window, of: time)
            && now.age(of: time) <= window - Int64(ownNameAge) * Nanoseconds.millisecond
    }

    /// ``ownNameAge`` at another time.
    private func ownNameAge(at now: Int64) -> UInt32 {
        let sinceAsked = now.age(of: time) / Nanoseconds.millisecond
        return UInt32(clamping: sinceAsked + Int64(ownNameAge))
    }

    /// Notes an answer and says what it is worth: one station may answer, a few more may have
    /// meant to (all owners of one address do, and all cards of one machine), everything else is
    /// unsolicited. Who alone was asked has no rivals.
    /// `seed` is what keeps others from choosing an address that is taken for the owner's here.
    mutating func answered(
        by mac: MACAddress, in segment: Segment, at now: Int64, _ thresholds: Thresholds,
        seed: UInt64
    ) -> ClaimForm {
        guard now.isWithin(thresholds.questionOpen, of: time) else { return .unsolicited }
        let print = UInt16(truncatingIfNeeded: mix(seed, mac.bits, 5))
        let first = isToMany ? ClaimForm.answer : .answerToOne
        let further = isToMany ? ClaimForm.rivalAnswer : .answerToOne
        let count = Int(answerCount)
        for index in 0..<count where answers[index] == print {
            return repeats(in: segment, at: now, thresholds) ? first : .unsolicited
        }
        guard count == 0 || mayHaveRivals(at: now, thresholds) else { return .unsolicited }
        // Devices that all start under one address may be more than are told apart here.
        if count == answers.count { return further }
        answers[count] = print
        answerCount += 1
        answerPlace = segment.print
        answerTime = now
        return answerCount == 1 ? first : further
    }

    /// Whether who answered before may do so here once more.
    private mutating func repeats(
        in segment: Segment, at now: Int64, _ thresholds: Thresholds
    ) -> Bool {
        let isCopy =
            segment.print != answerPlace && now.isWithin(thresholds.copyWithin, of: answerTime)
        if isCopy, copiedAnswers < Station.copiesMax {
            copiedAnswers += 1
            return true
        }
        guard repeatedAnswers > 0 else { return false }
        repeatedAnswers -= 1
        answerPlace = segment.print
        answerTime = now
        return true
    }
}

extension Segment {
    /// A number that other segments hardly ever share.
    fileprivate var print: UInt16 {
        let mixed = (vlans.bits &+ UInt64(interface)).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return UInt16(truncatingIfNeeded: mixed.high ^ mixed.low)
    }
}
