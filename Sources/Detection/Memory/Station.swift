// SPDX-License-Identifier: Apache-2.0

/// An address that a station uses as its own.
struct OwnAddress: Sendable {
    /// The address; unspecified where there is none.
    var ip = IPv4Address.unspecified
    /// How often it answered for it when asked; stops at 255.
    var answers: UInt8 = 0
    /// Whether it told everybody of it before any other use, since it last took another one.
    var isTakenUp = false
    var time: Int64 = .min

    /// Whether there is one.
    var isThere: Bool { ip != .unspecified }

    /// Notes that it is used.
    @inline(__always)
    fileprivate mutating func note(at time: Int64, isAnswer: Bool) {
        self.time = time
        if isAnswer, answers < .max { answers += 1 }
    }
}

/// An address that a station took from another one.
struct TakenAddress: Equatable, Sendable {
    var ip: IPv4Address
    /// Under which address of its own it asked for it, where that passed for a former lease.
    var excusedAs: IPv4Address?
    /// Whether it asked everybody for it since.
    var isAskedFor = false
    /// Who had it.
    var from: MACAddress
    var time: Int64
}

/// What is known about one station of a segment. What every packet needs comes first.
struct Station: Sendable {
    /// How many of a station's addresses are remembered.
    static let addressesMax = 6
    private var lastPrints: [2 of UInt64] = .init(repeating: 0)
    private var lastPrintTimes: [2 of Int64] = .init(repeating: .min)
    var claimRate = SlidingCount()
    var requestRate = SlidingCount()
    private var nextPrint: UInt8 = 0
    private var lastPrintCopies: [2 of UInt8] = .init(repeating: 0)
    private var lastPrintTraits: [2 of CopyPrint.Traits] = .init(repeating: [])
    /// Where the next thing that it tells is noted.
    private var nextTold: UInt8 = 0
    /// Whether it told anybody about more than one address: else nothing told is a reverse.
    private var hasToldSeveral = false
    /// Whether anything that it said to one station was captured.
    private(set) var hasSpokenToOne = false
    /// Whether it ever took an address.
    private var hasTaken = false
    /// The addresses that it asked for a short while ago, as far as there is room.
    var asked = RecentlyAsked()
    private(set) var addresses: [6 of OwnAddress] = .init(repeating: OwnAddress())
    private(set) var told: [8 of ToldPair] = .init(repeating: ToldPair())
    /// The last address that it took from another station without an explanation.
    private(set) var lastTaken: TakenAddress?
    private(set) var lastTakenBefore: TakenAddress?
    /// When it took an address from another station than the time before.
    private var otherVictimTime: Int64 = .min
    /// How many owners took back what it had just taken, since when, and the last of them.
    private var lost = (count: UInt8(0), since: Int64.min, to: (UInt16(0), UInt16(0)))
    /// How many addresses it told everybody about that it had not used, since when.
    private var announced = (count: UInt16(0), before: UInt16(0), since: Int64.min)

    /// Whether this packet, told by its print, or the same to everybody was already seen within
    /// `window`; beyond a few times only where there may be any number of copies.
    @inline(__always)
    mutating func isCopy(_ print: CopyPrint, at time: Int64, within window: Int64) -> Bool {
        for index in lastPrints.indices {
            let noted = lastPrints[index]
            guard noted == print.own || noted == print.original && isSentOn(print, from: index)
            else { continue }
            let last = lastPrintTimes[index]
            if time.age(of: last) < window, last.age(of: time) < window {
                return countsAsCopy(index, isFree: print.isFree || noted != print.own)
            }
        }
        let place = Int(nextPrint & 1)
        lastPrints[place] = print.own
        lastPrintTimes[place] = time
        lastPrintCopies[place] = 0
        lastPrintTraits[place] = print.traits
        nextPrint ^= 1
        return false
    }

    /// Whether a packet may be what everybody was told just before, the print at a place, as it is
    /// sent on to one station: in a frame that as many receivers take in.
    @inline(__always)
    private func isSentOn(_ print: CopyPrint, from index: Int) -> Bool {
        let noted = lastPrintTraits[index]
        return (print.isSentOn || noted.contains(.isAnswer))
            && noted.contains(.isOddlyTagged) == print.traits.contains(.isOddlyTagged)
    }

    /// Notes of the packet whose print was noted last whether it answers what somebody asked.
    @inline(__always)
    mutating func notesAnswer(_ print: CopyPrint, _ isAnswer: Bool) {
        let place = Int(nextPrint & 1 ^ 1)
        // Without branches: which packet answers is hard to foretell.
        let isNoted = lastPrints[place] == print.own
        let bit: UInt8 = isAnswer ? 1 : 0
        let mask: UInt8 = isNoted ? 1 : 0
        lastPrintTraits[place].formUnion(CopyPrint.Traits(rawValue: bit & mask))
    }

    @inline(never)
    private mutating func countsAsCopy(_ index: Int, isFree: Bool) -> Bool {
        if isFree || lastPrintCopies[index] == Self.copiesMax { return isFree }
        lastPrintCopies[index] += 1
        return true
    }

    /// How many copies of an answer a capture may hold: several views of it, each more than once.
    static let copiesMax: UInt8 = 4

    /// Notes that the station uses `ip` as its own.
    @inline(__always)
    mutating func uses(_ ip: IPv4Address, at time: Int64, isAnswer: Bool) {
        if addresses[0].ip != ip { return usesOther(ip, at: time, isAnswer: isAnswer) }
        addresses[0].note(at: time, isAnswer: isAnswer)
    }

    /// Notes that it uses `ip` where it is, or else in an empty place, or else in that of the
    /// address unused longest.
    @inline(never)
    private mutating func usesOther(_ ip: IPv4Address, at time: Int64, isAnswer: Bool) {
        var place = 0
        for index in addresses.indices {
            if addresses[index].ip == ip {
                place = index
                break
            }
            if addresses[index].time < addresses[place].time { place = index }
        }
        if addresses[place].ip != ip {
            // Anybody can have any number of these: they drive out each other alone.
            if ip.isLinkLocal, let other = addresses.indices.first(where: { isLinkLocal($0) }) {
                place = other
            }
            addresses[place] = OwnAddress(ip: ip)
        }
        addresses[place].note(at: time, isAnswer: isAnswer)
    }

    private func isLinkLocal(_ index: Int) -> Bool { addresses[index].ip.isLinkLocal }

    /// Whether it used `ip` as its own.
    func uses(_ ip: IPv4Address) -> Bool {
        for index in addresses.indices where addresses[index].ip == ip { return true }
        return false
    }

    /// Notes what it told to whom.
    @inline(__always)
    mutating func tells(_ pair: ToldPair) {
        if !speaksOnly(for: pair.claimed) { hasToldSeveral = true }
        if pair.isToOne { hasSpokenToOne = true }
        told[Int(nextTold & Self.toldMask)] = pair
        // Who speaks for one address alone, as nearly all do, needs no more than two places, which
        // stay in the processor's cache.
        nextTold = hasToldSeveral ? nextTold &+ 1 : nextTold ^ 1
    }

    private static let toldMask: UInt8 = 7

    /// Notes that it took an address from another station.
    mutating func takes(_ taken: TakenAddress) {
        var taken = taken
        taken.excusedAs = excused(as: taken.ip)?.excusedAs
        if let last = lastTaken, last.ip != taken.ip { lastTakenBefore = last }
        if let last = lastTaken, last.from != taken.from { otherVictimTime = taken.time }
        lastTaken = taken
        hasTaken = true
        for index in addresses.indices { addresses[index].isTakenUp = false }
    }

    /// Notes that it told everybody of `ip` before any other use.
    mutating func takesUp(_ ip: IPv4Address) {
        for index in addresses.indices where addresses[index].ip == ip {
            addresses[index].isTakenUp = true
        }
    }

    /// Whether it took `ip` up since it last took an address, and never used a third one, as far
    /// as is known.
    func hasMovedOn(to ip: IPv4Address) -> Bool {
        var hasTakenUp = false
        for index in addresses.indices {
            let own = addresses[index]
            if own.ip == ip {
                hasTakenUp = own.isTakenUp
            } else if own.isThere, own.ip != lastTaken?.ip, !own.ip.isLinkLocal {
                return false
            }
        }
        return hasTakenUp
    }

    /// Notes that it asks everybody for what it took last.
    mutating func asksForTaken() { lastTaken?.isAskedFor = true }

    /// Notes that it asked for what it took last, and passed for one that had it formerly.
    mutating func isExcused(as own: IPv4Address) { lastTaken?.excusedAs = own }

    /// What it took and passed for a former owner of, if that is `ip`.
    func excused(as ip: IPv4Address) -> TakenAddress? {
        let taken = lastTaken?.ip == ip ? lastTaken : lastTakenBefore
        return taken?.ip == ip && taken?.excusedAs != nil ? taken : nil
    }

    /// Notes that an owner took back what it had just taken.
    mutating func loses(to owner: MACAddress, at time: Int64, within window: Int64) {
        if !time.isWithin(window, of: lost.since) { lost = (0, time, (0, 0)) }
        let print = owner.fold
        guard print != lost.to.0, print != lost.to.1, lost.count < .max else { return }
        lost = (lost.count + 1, lost.since, (lost.to.1, print))
    }

    /// How many owners did, each another than the two before, since a window began.
    func ownersBack(within window: Int64, at time: Int64) -> Int {
        time.isWithin(window, of: lost.since) ? Int(lost.count) : 0
    }

    /// Whether it took addresses from more than one station.
    func robsSeveral(within window: Int64, at time: Int64) -> Bool {
        time.isWithin(window, of: otherVictimTime)
    }

    /// Counts an address that it tells everybody about, if it `isNew`; returns how many there were
    /// since the window before this one began: what is said again may be said in the next.
    mutating func announces(_ isNew: Bool, at time: Int64, within window: Int64) -> Int {
        if !time.isWithin(window, of: announced.since) {
            let isNext = time.isWithin(2 * window, of: announced.since)
            announced = (0, isNext ? announced.count : 0, time)
        }
        if isNew, announced.count < .max { announced.count += 1 }
        return Int(announced.count) + Int(announced.before)
    }

    /// Whether the last address that it took is `ip`.
    @inline(__always)
    func tookLast(_ ip: IPv4Address) -> Bool {
        hasTaken && lastTaken?.ip == ip
    }

    /// Another address than `ip` that it took within `window`.
    func takenBesides(_ ip: IPv4Address, within window: Int64, at time: Int64) -> IPv4Address? {
        for taken in [lastTaken, lastTakenBefore] {
            if let taken, taken.ip != ip, time.isWithin(window, of: taken.time) { return taken.ip }
        }
        return nil
    }

    /// Whether it never told anybody about another address than `ip`.
    @inline(always)
    func speaksOnly(for ip: IPv4Address) -> Bool {
        !hasToldSeveral && (!told[0].isThere || told[0].claimed == ip)
    }

    /// Whether it told `listener`, within `window`, that it has `claimed`.
    func told(
        _ claimed: IPv4Address, to listener: IPv4Address, within window: Int64, at time: Int64
    ) -> Bool {
        for index in told.indices {
            let pair = told[index]
            if pair.claimed == claimed, pair.listener == listener,
                time.isWithin(window, of: pair.time)
            {
                return true
            }
        }
        return false
    }

    /// The latest thing it told that is `pair` the other way round, within `window`, or a longer
    /// one where both are answers that nobody had asked for.
    func toldReverse(
        of pair: ToldPair, within window: Int64, orAnswer answerWindow: Int64
    ) -> ToldPair? {
        if speaksOnly(for: pair.claimed) { return nil }
        var latest: ToldPair?
        for index in told.indices {
            let earlier = told[index]
            let areAnswers = pair.isUnaskedAnswer && earlier.isUnaskedAnswer
            guard earlier.isThere, earlier.claimed == pair.listener,
                earlier.listener == pair.claimed,
                pair.time.isWithin(areAnswers ? answerWindow : window, of: earlier.time)
            else { continue }
            if earlier.time >= latest?.time ?? .min { latest = earlier }
        }
        return latest
    }
}
