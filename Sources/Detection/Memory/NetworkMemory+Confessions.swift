// SPDX-License-Identifier: Apache-2.0

extension NetworkMemory {
    /// Takes in that a station asks for the address that it took from another one.
    mutating func noteConfession(_ sighting: inout Sighting) {
        let packet = sighting.packet
        if let again = confessionAgain(sighting) {
            sighting.confession = again
            return
        }
        // Who asks the former owner alone may only make sure of what it knew before.
        guard sighting.form == .question, packet.isToMany, !sighting.isMismatched else { return }
        let station = StationKey(segment: packet.segment, mac: packet.sender.mac)
        let wanted = AddressKey(segment: packet.segment, ip: packet.target.ip)
        guard let index = stations.peek(station), let taken = stations[index].lastTaken,
            taken.ip == wanted.ip, sighting.time.isWithin(thresholds.changeWindow, of: taken.time),
            let place = bindings.peek(wanted), bindings[place].mac == packet.sender.mac,
            bindings[place].tally.prompted == 0, !hasTaken(packet.sender, in: packet.segment)
        else { return }
        stations[index].asksForTaken()
        let isGateway = isGateway(wanted.ip, in: packet.segment)
        let wasJustTaken = sighting.time.isWithin(Self.giveUpAfter, of: taken.time)
        let claim = AddressPair(mac: packet.sender.mac, ip: wanted.ip)
        let isFormer = isFormer(
            claim, bindings[place].tally, station, stations[index], own: packet.sender.ip)
        if isFormer { stations[index].isExcused(as: packet.sender.ip) }
        let isOpen =
            isFormer || isOpen(bindings[place].tally, wanted, wasJustTaken: wasJustTaken)
        sighting.confession = Confession(
            claim: claim, own: packet.sender.ip, from: taken.from, isGateway: isGateway,
            isSure: isGateway || !isOpen)
    }

    /// Whether a station took the address under which it asks, too: bridges pass on what stations
    /// behind them ask, in the name of each and under one hardware address.
    private func hasTaken(_ own: AddressPair, in segment: Segment) -> Bool {
        guard let place = bindings.peek(AddressKey(segment: segment, ip: own.ip)) else {
            return false
        }
        return bindings[place].mac == own.mac && bindings[place].isUsurped
    }

    /// Whether a station took an address as honest ones may that later ask for it: a bridge asked
    /// in its name and passes another station's question on, or a server told everybody, gave the
    /// address up a while ago, and uses it. Its former owner was not heard in the meantime.
    private func isOpen(_ tally: ClaimTally, _ key: AddressKey, wasJustTaken: Bool) -> Bool {
        guard tally.unsolicited == 0, let contest = contests.value(key), contest.lastWasTold,
            !contest.hasReturned
        else { return false }
        return tally.onlyAsks || !wasJustTaken
    }

    /// That a station goes on claiming an address for which it passed as a former owner when it
    /// asked for it: one that had woken up knows better by then.
    private func confessionAgain(_ sighting: Sighting) -> Confession? {
        let packet = sighting.packet
        let key = AddressKey(segment: packet.segment, ip: packet.sender.ip)
        guard !sighting.isMismatched, let place = bindings.peek(key),
            bindings[place].mac == packet.sender.mac, bindings[place].isUsurped,
            let taken = stations.value(StationKey(segment: packet.segment, mac: packet.source))?
                .excused(as: packet.sender.ip), let own = taken.excusedAs,
            sighting.time.isWithin(thresholds.foldWindow, of: taken.time)
        else { return nil }
        return Confession(
            claim: packet.sender, own: own, from: taken.from, isGateway: sighting.isGateway,
            isSure: true)
    }

    /// Whether a station may have woken up with a former lease, made sure of its router in that
    /// name (RFC 4436), and got another one: it did nothing but ask a few times, told everybody of
    /// its address since, and had none before, here or as far as was known at the start.
    func isFormer(
        _ claim: AddressPair, _ tally: ClaimTally, _ key: StationKey, _ station: Station,
        own: IPv4Address
    ) -> Bool {
        !tally.isMoreThanAsked && tally.count <= Self.formerQuestionsMax
            && station.hasMovedOn(to: own) && !wasKnown(key, besides: claim.ip)
    }

    /// How often one that wakes up asks for its routers: three at a time, and once more.
    private static let formerQuestionsMax = 4

    /// How long a server takes to give up what it took: the system of an attacker asks sooner.
    private static let giveUpAfter = 10 * Nanoseconds.second

    /// Takes in that the owner of an address is back at once when the one that took it, `taker`,
    /// has asked everybody for it: it was there all the time. One that tells everybody that it is
    /// back need not have been, and who had a lease of it formerly knew no better.
    func noteLateConfession(_ sighting: inout Sighting, taker: Binding) {
        let packet = sighting.packet
        let claim = AddressPair(mac: taker.mac, ip: packet.sender.ip)
        let key = StationKey(segment: packet.segment, mac: taker.mac)
        guard taker.isUsurped, taker.tally.prompted == 0, !sighting.isMismatched,
            sighting.form != .announcement,
            let station = stations.value(key),
            let taken = station.lastTaken, taken.isAskedFor, taken.from == packet.sender.mac,
            taken.ip == packet.sender.ip,
            sighting.time.isWithin(thresholds.changeWindow, of: taken.time),
            let question = questions.value(QuestionKey(asker: taker.mac, wanted: taken.ip)),
            question.isInOwnName(within: thresholds.questionOpen, at: sighting.time),
            let own = station.address(
                besides: taken.ip, within: thresholds.ownAddressWindow, at: sighting.time),
            sighting.isGateway || !isFormer(claim, taker.tally, key, station, own: own)
        else { return }
        sighting.confession = Confession(
            claim: claim, own: own, from: taken.from, isGateway: sighting.isGateway, isSure: true)
    }
}
