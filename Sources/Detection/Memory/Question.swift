// SPDX-License-Identifier: Apache-2.0

/// A question that was asked, and who answered it.
struct Question: Sendable {
    private var time: Int64
    private var firstAnswer: MACAddress?
    private var secondAnswer: MACAddress?

    /// The question asked at `time`.
    init(time: Int64) {
        self.time = time
    }

    /// Notes an answer and says what it is worth: one station may answer, one more may have
    /// meant to (both owners of one address do), everything else is unsolicited.
    mutating func answered(
        by mac: MACAddress, at now: Int64, _ thresholds: Thresholds
    ) -> ClaimForm {
        let age = now.age(of: time)
        guard age <= thresholds.questionOpen else { return .unsolicited }
        guard let first = firstAnswer else {
            firstAnswer = mac
            return .answer
        }
        let isRival = first != mac && secondAnswer == nil && age <= thresholds.rivalAnswerWithin
        guard isRival else { return .unsolicited }
        secondAnswer = mac
        return .rivalAnswer
    }
}
