// SPDX-License-Identifier: Apache-2.0

/// Who was last heard to have an address.
struct Binding: Sendable {
    /// The station.
    var mac: MACAddress
    /// What it said for itself.
    var tally: ClaimTally
    /// Whether it was known to have the address before the first frame.
    var isRemembered = false
    /// Whether it is expected to have it again after a reload that finds the address disputed: it
    /// was known before the first frame, or then answered before anybody else.
    var isExpected = false
    /// Whether it was taken over from such a dispute, and its time is when that began.
    var isCarried = false
    /// Whether it took the address from another station and nothing explains that.
    var isUsurped = false
    /// Whether several stations claimed the address; their history is in a ``Contest``.
    var isContested = false

    /// Whether nobody disputes it.
    var isSettled: Bool { !isContested && !isUsurped }

    /// Whether the station did more for it than tell others one by one, unasked, as forgers do.
    var isMoreThanWhispered: Bool { isRemembered || tally.count > tally.unsolicited }

    /// Whether it may be told, and outlive the run, as its station's: nobody disputes it, and it
    /// was not only whispered.
    var isCredible: Bool { isSettled && isMoreThanWhispered }
}

/// When somebody disputed an address of a station that was known to have it.
struct Dispute: Sendable {
    let owner: MACAddress
    let time: Int64

    /// How a dispute over a binding begins; nil where its owner is not expected by a reload. One
    /// that a reload carried over goes on, until the owner speaks: a station that was replaced is
    /// silent for good.
    init?(over binding: Binding, at time: Int64) {
        guard binding.isExpected else { return nil }
        owner = binding.mac
        self.time = binding.isCarried && binding.tally.count == 0 ? binding.tally.lastTime : time
    }

    init(owner: MACAddress, time: Int64) {
        self.owner = owner
        self.time = time
    }
}

/// What a packet did to a binding that named another station before.
struct BindingChange: Equatable, Sendable {
    /// Who had the address until now.
    let previous: MACAddress
    /// The frame in which that one was last heard to have it.
    let previousFrame: UInt64
    /// Whether that one was heard a short while ago, in its own word.
    let isPreviousFresh: Bool
    /// Whether the station that has it now had it before.
    let isReturn: Bool
    /// Whether the one that had it until now had taken it from another one that is known.
    let isFurther: Bool
    /// Whether that one had taken it back by using it, not by telling everybody, and now it is
    /// taken again.
    let isRetaken: Bool
    /// How many changes there were in the window, this one included.
    let count: Int
}
