// SPDX-License-Identifier: Apache-2.0

/// Whom a station told what about whom.
struct ToldPair: Equatable, Sendable {
    /// The address that it claimed.
    var claimed: IPv4Address
    /// The address of the one it told.
    var listener: IPv4Address
    /// When.
    var time: Int64
    /// In which frame.
    var frame: UInt64
    /// Whether nobody had asked.
    var isUnasked: Bool
}

/// An address that a station uses as its own.
struct OwnAddress: Sendable {
    var ip: IPv4Address
    var time: Int64
    /// How often it answered for it when asked; stops at 255.
    var answers: UInt8 = 0
}

/// An address that a station took from another one.
struct TakenAddress: Equatable, Sendable {
    var ip: IPv4Address
    /// Who had it.
    var from: MACAddress
    var time: Int64
}

/// What is known about one station of a segment.
struct Station: Sendable {
    /// How many of a station's addresses are remembered.
    static let addressesMax = 6
    /// How many of the last things it told are remembered.
    static let toldMax = 8

    private(set) var addresses: [6 of OwnAddress?] = .init(repeating: nil)
    private(set) var told: [8 of ToldPair?] = .init(repeating: nil)
    private var nextTold = 0
    /// Whether it told anybody about more than one address: else nothing told is a reverse.
    private var hasToldSeveral = false
    private var lastPrints: [2 of UInt64] = .init(repeating: 0)
    private var lastPrintTimes: [2 of Int64] = .init(repeating: .min)
    private var nextPrint = 0
    var claimRate = SlidingCount()
    var requestRate = SlidingCount()
    /// The last address that it took from another station without an explanation.
    private(set) var lastTaken: TakenAddress?
    private(set) var lastTakenBefore: TakenAddress?

    /// Whether this packet, told by its print, was already seen within `window`.
    mutating func isCopy(_ print: UInt64, at time: Int64, within window: Int64) -> Bool {
        for index in lastPrints.indices where lastPrints[index] == print {
            if time.age(of: lastPrintTimes[index]) < window { return true }
        }
        lastPrints[nextPrint] = print
        lastPrintTimes[nextPrint] = time
        nextPrint = (nextPrint + 1) % lastPrints.count
        return false
    }

    /// Notes that the station uses `ip` as its own.
    mutating func uses(_ ip: IPv4Address, at time: Int64, isAnswer: Bool) {
        let place = place(for: ip)
        var own = OwnAddress(ip: ip, time: time)
        if let known = addresses[place], known.ip == ip { own.answers = known.answers }
        if isAnswer, own.answers < .max { own.answers += 1 }
        addresses[place] = own
    }

    /// Whether it used `ip` as its own.
    func uses(_ ip: IPv4Address) -> Bool {
        for index in addresses.indices where addresses[index]?.ip == ip { return true }
        return false
    }

    /// Where `ip` is, or else an empty place, or else the place of the address unused longest.
    @inline(always)
    private func place(for ip: IPv4Address) -> Int {
        var place = 0
        var oldest = Int64.max
        for index in addresses.indices {
            let known = addresses[index]
            if known?.ip == ip { return index }
            let time = known?.time ?? .min
            if time < oldest {
                place = index
                oldest = time
            }
        }
        return place
    }

    /// Notes what it told to whom.
    mutating func tells(_ pair: ToldPair) {
        if !speaksOnly(for: pair.claimed) { hasToldSeveral = true }
        told[nextTold] = pair
        nextTold = (nextTold + 1) % told.count
    }

    /// Notes that it took an address from another station.
    mutating func takes(_ taken: TakenAddress) {
        if let last = lastTaken, last.ip != taken.ip { lastTakenBefore = last }
        lastTaken = taken
    }

    /// Another address than `ip` that it took within `window`.
    func takenBesides(_ ip: IPv4Address, within window: Int64, at time: Int64) -> IPv4Address? {
        for taken in [lastTaken, lastTakenBefore] {
            if let taken, taken.ip != ip, time.age(of: taken.time) <= window { return taken.ip }
        }
        return nil
    }

    /// Whether it never told anybody about another address than `ip`.
    @inline(always)
    func speaksOnly(for ip: IPv4Address) -> Bool {
        !hasToldSeveral && (told[0] == nil || told[0]?.claimed == ip)
    }

    /// Whether it told `listener`, within `window`, that it has `claimed`.
    func told(
        _ claimed: IPv4Address, to listener: IPv4Address, within window: Int64, at time: Int64
    ) -> Bool {
        for index in told.indices {
            if let pair = told[index], pair.claimed == claimed, pair.listener == listener,
                time.age(of: pair.time) <= window
            {
                return true
            }
        }
        return false
    }

    /// The latest thing it told that is `told` the other way round, within `window`.
    func toldReverse(of pair: ToldPair, within window: Int64) -> ToldPair? {
        if speaksOnly(for: pair.claimed) { return nil }
        for index in told.indices {
            guard let earlier = told[index], earlier.claimed == pair.listener,
                earlier.listener == pair.claimed, pair.time.age(of: earlier.time) <= window
            else { continue }
            return earlier
        }
        return nil
    }
}
