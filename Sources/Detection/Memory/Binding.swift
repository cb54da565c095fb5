// SPDX-License-Identifier: Apache-2.0

/// Who was last heard to have an address.
struct Binding: Sendable {
    /// The station.
    var mac: MACAddress
    /// What it said for itself.
    var tally: ClaimTally
    /// Whether it was known to have the address before the first frame.
    var isRemembered = false
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
    /// Whether that one had taken it back by using it, not by telling everybody, and now it is
    /// taken again.
    let isRetaken: Bool
    /// How many changes there were in the window, this one included.
    let count: Int
}
