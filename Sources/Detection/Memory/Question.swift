// SPDX-License-Identifier: Apache-2.0

/// A question that was asked, and who answered it.
struct Question: Sendable {
    private var time: Int64
    /// Whether the asker spoke under an address of its own, and not to find out if one is free.
    private let isInOwnName: Bool
    private var answers: [4 of UInt16] = .init(repeating: 0)
    private var answerCount: UInt8 = 0
    /// How many answers are only those that copies of the question got once more.
    private var repeatedAnswers: UInt8 = 0

    /// The question asked at `time`.
    init(time: Int64, isInOwnName: Bool) {
        self.time = time
        self.isInOwnName = isInOwnName
    }

    /// Whether a late answer of one more station may still come.
    func mayHaveRivals(at now: Int64, _ thresholds: Thresholds) -> Bool {
        now.age(of: time) <= thresholds.rivalAnswerWithin
    }

    /// Notes a copy of it: whoever answered before may do so once more, and nobody else.
    mutating func askedAgain() {
        let (sum, overflow) = repeatedAnswers.addingReportingOverflow(answerCount)
        if !overflow { repeatedAnswers = sum }
    }

    /// How long ago it was asked and answered; the longest time of all where it was not.
    func answeredAgo(at now: Int64) -> Int64 {
        answerCount > 0 ? now.age(of: time) : .max
    }

    /// Whether the asker showed, within `window`, that it takes the address for another's.
    func isInOwnName(within window: Int64, at now: Int64) -> Bool {
        isInOwnName && now.age(of: time) <= window
    }

    /// Notes an answer and says what it is worth: one station may answer, a few more may have
    /// meant to (all owners of one address do, and all cards of one machine), everything else is
    /// unsolicited.
    mutating func answered(
        by mac: MACAddress, at now: Int64, _ thresholds: Thresholds
    ) -> ClaimForm {
        let age = now.age(of: time)
        guard age <= thresholds.questionOpen else { return .unsolicited }
        // Who is told from others by less than a whole address gains nothing by being alike.
        let print = UInt16(truncatingIfNeeded: mac.bits)
        let count = Int(answerCount)
        for index in 0..<count where answers[index] == print {
            guard repeatedAnswers > 0 else { return .unsolicited }
            repeatedAnswers -= 1
            return .answer
        }
        guard count == 0 || age <= thresholds.rivalAnswerWithin, count < answers.count
        else { return .unsolicited }
        answers[count] = print
        answerCount += 1
        return answerCount == 1 ? .answer : .rivalAnswer
    }
}
