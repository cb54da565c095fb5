// SPDX-License-Identifier: Apache-2.0

/// In which way a packet claims an address for its sender.
public enum ClaimForm: UInt8, Sendable {
    /// It asks whether anybody has an address, and claims none (RFC 5227).
    case probe
    /// It tells everybody, unasked.
    case announcement
    /// It asks for somebody else's address.
    case question
    /// It answers an open question that was put to everybody, as the first to do so.
    case answer
    /// It answers an open question that was put to one station, and that hardly any other heard.
    case answerToOne
    /// It answers a question that another station has just answered.
    case rivalAnswer
    /// It tells one station, unasked.
    case unsolicited

    /// Whether somebody's question brought it about.
    // One comparison: it is asked of every frame, and which form comes next is hard to foretell.
    var isPrompted: Bool {
        (Self.answer.rawValue...Self.rivalAnswer.rawValue).contains(rawValue)
    }

    /// Whether it answers a question, and not after another station.
    var isAnswer: Bool {
        (Self.answer.rawValue...Self.answerToOne.rawValue).contains(rawValue)
    }
}

/// How often, how and when one station claimed one address.
struct ClaimTally: Sendable {
    private(set) var firstFrame: UInt64
    private(set) var lastFrame: UInt64
    private(set) var lastTime: Int64
    /// Claims of any form, but for whispers that were forgotten.
    private(set) var count: UInt32 = 0
    /// Claims told to one station, unasked; halved whenever ``first`` is.
    private(set) var unsolicited: UInt32 = 0
    /// Questions to everybody in the address's name, which tell nobody in particular.
    private(set) var asked: UInt32 = 0
    /// Answers to a question that another station had answered.
    private(set) var rivalAnswers: UInt32 = 0
    /// Answers to questions, as the first or the second.
    private(set) var prompted: UInt32 = 0
    /// Which other station's source was the first to answer for it, folded to save room; 0 where
    /// none did.
    private var answerer: UInt16 = 0
    /// Answers to questions that were put to everybody and that nobody had answered before; halved
    /// when it is full.
    private var first: UInt8 = 0
    /// How many of ``unsolicited`` came from another station than its sender.
    private var forged: UInt8 = 0
    /// Whether a frame that carried the claim, answered nobody and did not name who had the address
    /// anyway came from another station than its sender: controllers, balancers and bridges answer
    /// for others when asked.
    private(set) var isMismatched = false
    /// What it did from its own source.
    private var own = Own()
    /// Whether it did anything but ask, everybody or one.
    private(set) var isMoreThanAsked = false

    /// Nothing yet, as of this frame.
    init(frame: UInt64, time: Int64) {
        firstFrame = frame
        lastFrame = frame
        lastTime = time
    }

    /// Whether it answered when asked, or asked everybody in the address's name, as owners do.
    var isOwners: Bool { prompted > 0 || asked > 0 }

    /// Answers to questions that all could hear and nobody had answered before. What a forger sends
    /// unasked may come after a question by chance, but hardly ever before its owner's answer; a
    /// question to one station alone may be its own.
    var firstAnswers: UInt32 { UInt32(first) }

    /// Answers to questions, whoever was asked, that nobody had answered before.
    var soleAnswers: UInt32 { prompted &- rivalAnswers }

    /// Claims that it told one station itself, unasked.
    var ownUnsolicited: UInt32 { unsolicited &- UInt32(forged) }

    /// Whether it answered from its own source.
    var hasAnsweredItself: Bool { own.contains(.answered) }

    /// Whether it did nothing but ask everybody.
    var onlyAsks: Bool { count == asked }

    /// The same, whatever others told in its name that nobody had asked for.
    var onlyAsksItself: Bool { !own.contains(.told) }

    /// Whether it asked at least as often as it was heard in another way.
    var isAskedMostly: Bool { count &- asked <= asked }

    /// Whether only `source` and not its own is known to answer for it.
    func isAnswered(by source: MACAddress) -> Bool {
        !hasAnsweredItself && (answerer == 0 || answerer == source.fold)
    }

    /// Notes that a frame from `source`, another station's, answered for it.
    mutating func noteAnswer(by source: MACAddress) {
        if answerer == 0 { answerer = source.fold }
    }

    /// Counts one more claim; `isHolders` where the station had the address anyway.
    @inline(__always)
    mutating func add(
        _ form: ClaimForm, isToMany: Bool, frame: UInt64, time: Int64, isMismatched: Bool,
        isHolders: Bool
    ) {
        count &+= 1
        lastFrame = frame
        lastTime = time
        // Without branches: which form comes next is hard to foretell.
        asked &+= form == .question && isToMany ? 1 : 0
        unsolicited &+= form == .unsolicited ? 1 : 0
        rivalAnswers &+= form == .rivalAnswer ? 1 : 0
        prompted &+= form.isPrompted ? 1 : 0
        first &+= form == .answer ? 1 : 0
        forged &+= form == .unsolicited && isMismatched ? 1 : 0
        if first == .max { halve() }
        if forged == .max { forgetForged() }
        isMoreThanAsked = isMoreThanAsked || form != .question
        own.add(form, isToMany: isToMany, isMismatched: isMismatched)
        if isMismatched, !isHolders, !form.isPrompted { self.isMismatched = true }
    }

    /// Keeps what was asked for and what was not in proportion, over weeks as well: one question in
    /// a hundred that a capture lacks would add up. What was told unasked once is not forgotten.
    @inline(never)
    private mutating func halve() {
        first /= 2
        unsolicited -= unsolicited / 2
        forged -= forged / 2
    }

    /// Makes room for more that others whisper: however much it is, it wears no answers away, nor
    /// does it pass for anything else.
    @inline(never)
    private mutating func forgetForged() {
        count &-= UInt32(forged / 2)
        unsolicited &-= UInt32(forged / 2)
        forged -= forged / 2
    }
}

extension ClaimTally {
    /// In one byte: there is a tally for each address.
    fileprivate struct Own: OptionSet {
        /// It answered.
        static let answered = Own(rawValue: 1)
        /// It did more than ask everybody, or was answered for by another one.
        static let told = Own(rawValue: 2)

        var rawValue: UInt8 = 0

        @inline(__always)
        mutating func add(_ form: ClaimForm, isToMany: Bool, isMismatched: Bool) {
            let isQuestion = form == .question && isToMany
            rawValue |= form.isPrompted && !isMismatched ? Self.answered.rawValue : 0
            rawValue |= !isQuestion && (form.isPrompted || !isMismatched) ? Self.told.rawValue : 0
        }
    }
}

extension MACAddress {
    /// Sixteen bits of it, never 0. Few stations have the same, and nobody gains by it who wears
    /// another one's.
    var fold: UInt16 {
        let folded = UInt16(truncatingIfNeeded: bits ^ bits >> 16 ^ bits >> 32)
        return folded == 0 ? 1 : folded
    }
}
