// SPDX-License-Identifier: Apache-2.0

/// Whom a station told what about whom.
struct ToldPair: Equatable, Sendable {
    /// The address that it claimed; unspecified where nothing was told.
    var claimed = IPv4Address.unspecified
    /// The address of the one it told.
    var listener = IPv4Address.unspecified
    /// When.
    var time: Int64 = 0
    /// The frame's number below four bits that say how it was told.
    private var mark: UInt64 = 0

    /// Nothing.
    init() {}

    /// What a packet tells.
    @inline(__always)
    init(_ packet: ARPPacket, _ form: ClaimForm, time: Int64, frame: UInt64) {
        claimed = packet.sender.ip
        listener = packet.target.ip
        self.time = time
        let isQuestion = form == .question
        let isToMany = packet.isToMany
        // An announcement that names somebody else is an answer to nobody's question, but where
        // all answers are for everybody (RFC 3927, section 2.5).
        let isAnnouncement =
            form == .announcement && !(claimed.isLinkLocal && listener.isLinkLocal)
        let isUnasked = form == .unsolicited || isAnnouncement || isQuestion && !isToMany
        mark =
            frame & Self.frameMax | (isUnasked ? Self.unaskedBit : 0)
            | (isQuestion && isToMany ? Self.questionBit : 0)
            | (form == .unsolicited ? Self.answerBit : 0)
            | (isToMany || packet.source != packet.sender.mac ? 0 : Self.oneBit)
    }

    private static let unaskedBit: UInt64 = 1 << 63
    private static let questionBit: UInt64 = 1 << 62
    private static let answerBit: UInt64 = 1 << 61
    private static let oneBit: UInt64 = 1 << 60
    private static let frameMax = oneBit - 1

    /// In which frame.
    var frame: UInt64 { mark & Self.frameMax }
    /// Whether it was told of the station's own accord, and not in a question to everybody.
    var isUnasked: Bool { mark & Self.unaskedBit != 0 }
    /// Whether one station was told in an answer that it had not asked for.
    var isUnaskedAnswer: Bool { mark & Self.answerBit != 0 }
    /// Whether one station was told, under its sender's own source.
    var isToOne: Bool { mark & Self.oneBit != 0 }
    /// Whether everybody was told, in a question.
    var isQuestionToMany: Bool { mark & Self.questionBit != 0 }
    /// Whether anything was told.
    var isThere: Bool { claimed != .unspecified }
}
