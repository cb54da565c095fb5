// SPDX-License-Identifier: Apache-2.0

extension NetworkMemory {
    /// The likeliest forger among those who claim an address: the one with the most evidence,
    /// strong evidence before weak. Without any evidence, it is the latest claimant's opponent
    /// that is named, with an empty set.
    func suspect(in contest: Contest, _ key: AddressKey, at time: Int64) -> Suspect? {
        var best: Suspect?
        var spokenFor: MACAddress?
        for index in contest.contenders.indices {
            guard let suspect = suspicion(of: index, in: contest, key, at: time) else { continue }
            if suspect.isSpokenFor { spokenFor = suspect.mac }
            if suspect.weight > best?.weight ?? -1 { best = suspect }
        }
        best?.spokenFor = spokenFor
        let window = thresholds.changeWindow
        best?.isAllAnnounced = contest.isAllAnnounced(within: window, at: time)
        best?.isEachTakeoverAnnounced = contest.isEachTakeoverAnnounced(within: window, at: time)
        best?.isOwnerBackOnce = contest.isOwnerBackOnce
        if let mac = best?.mac {
            let place = StationKey(segment: key.segment, mac: mac)
            let station = stations.value(place)
            best?.hasAsked =
                hasAsked(mac, for: key.ip, at: time)
                && !hadFormerly(
                    AddressPair(mac: mac, ip: key.ip), place, station,
                    contest.contender(mac)?.tally, at: time)
            best?.ownersBack = station?.ownersBack(within: window, at: time) ?? 0
        }
        best?.hasReturned = contest.hasReturned
        best?.hasOneTeller = contest.hasOneTeller
        best?.original = contest.original
        best?.firstFrame = contest.firstKnownFrame
        return best
    }

    /// Whether a station may have had a lease of an address formerly, and moved on.
    private func hadFormerly(
        _ claim: AddressPair, _ key: StationKey, _ station: Station?, _ tally: ClaimTally?,
        at time: Int64
    ) -> Bool {
        guard let station, let tally, station.lastTaken?.ip == claim.ip,
            let own = station.address(
                besides: claim.ip, within: thresholds.ownAddressWindow, at: time)
        else { return false }
        return isFormer(claim, tally, key, station, own: own)
    }

    /// What tells against the contender at a place.
    func suspicion(
        of index: Int, in contest: Contest, _ key: AddressKey, at time: Int64
    ) -> Suspect? {
        guard let contender = contest.contenders[index],
            let rival = contest.rival(of: contender.mac)
        else { return nil }
        var suspect = Suspect(mac: contender.mac, rival: rival, evidence: [])
        gatherStrong(contender, in: contest, key, at: time, &suspect)
        gatherWeak(contender, in: contest, key, at: time, &suspect)
        gatherSpoken(contender, in: contest, key, at: time, &suspect)
        return suspect
    }

    private func gatherStrong(
        _ contender: Contender, in contest: Contest, _ key: AddressKey, at time: Int64,
        _ suspect: inout Suspect
    ) {
        suspect.unsolicited = contest.ownUnsolicited(by: contender)
        suspect.isAnsweringOnly = contender.tally.soleAnswers > 0 && suspect.unsolicited == 0
        if tells(suspect.unsolicited, against: contender, in: contest, key, at: time) {
            suspect.evidence.insert(.unsolicited)
        }
        if contender.hasRestored { suspect.evidence.insert(.restores) }
        if contender.wearsVirtualMAC { suspect.evidence.insert(.virtualMAC) }
    }

    /// What others say for a contender. In the first owner's name, under a source that anybody can
    /// wear, it is no evidence, however much it is: neither the owner nor the source is accused of
    /// it, and no other one hides behind it.
    private func gatherSpoken(
        _ contender: Contender, in contest: Contest, _ key: AddressKey, at time: Int64,
        _ suspect: inout Suspect
    ) {
        var spoken: ForgerEvidence = contest.isForgedFor(contender) ? .mismatched : []
        let unsolicited = contest.unsolicited(by: contender)
        if tells(unsolicited, against: contender, in: contest, key, at: time) {
            spoken.insert(.unsolicited)
        }
        if !contender.isOwner { suspect.spokesman = contender.spokesman }
        guard !spoken.isSubset(of: suspect.evidence) else { return }
        // Who spoke before the address was contested is not remembered.
        if contender.isOwner, contender.isSpokenForByKnown || contender.spokesman == nil {
            suspect.isSpokenFor = true
        } else {
            suspect.evidence.formUnion(spoken)
            suspect.spokesman = contender.spokesman
            suspect.unsolicited = unsolicited
        }
    }

    /// Whether so much that a contender told single stations, unasked, tells that it forges.
    private func tells(
        _ unsolicited: UInt32, against contender: Contender, in contest: Contest,
        _ key: AddressKey, at time: Int64
    ) -> Bool {
        unsolicited >= thresholds.unsolicitedEvidence
            && !contest.isNearlyAlwaysAsked(contender, unsolicited)
            && !mayBalance(contender, key, at: time)
    }

    /// Whether a contender may be a port of a machine that balances its load: it answered before
    /// it whispered, has no address of its own, and whispers no more to anyone than such machines
    /// do.
    private func mayBalance(_ contender: Contender, _ key: AddressKey, at time: Int64) -> Bool {
        guard contender.cameAsked,
            Int(contender.mostTold) < thresholds.unsolicitedRepeatsAlone
        else { return false }
        let station = stations.value(StationKey(segment: key.segment, mac: contender.mac))
        return station?.address(
            besides: key.ip, within: thresholds.ownAddressWindow, at: time) == nil
    }

    /// Several addresses tell against a station that came unprompted, unless both sides answer
    /// the same questions: that is a conflict, whatever else they own; and unless only one of them
    /// answers at all, or it alone answers as owners do. Who mostly is asked, and alone answers,
    /// may have been asked each time: questions get lost. One that came by answers alone must
    /// besides never have asked in the address's name, as its owner would, and the owner must have
    /// answered too: who answers for stations that do not hear each other is their router. So is
    /// who has the gateway's address beyond dispute.
    private func gatherWeak(
        _ contender: Contender, in contest: Contest, _ key: AddressKey, at time: Int64,
        _ suspect: inout Suspect
    ) {
        let lost = contest.rivalAnswers == 0 ? contender.tally.firstAnswers : 0
        let cameUnprompted =
            contender.unpromptedTakeovers > lost
            || contender.isOriginal && suspect.unsolicited > 0
            || contender.unpromptedReturns >= Self.returnsMin
        let onlyAnswers =
            !contender.isOriginal && contender.tally.prompted >= Self.answersMin
            && contender.tally.prompted == contender.tally.count && contest.rivalAnswers > 0
        let isConflict =
            contest.rivalAnswers >= (suspect.isAnsweringOnly ? 1 : Self.rivalAnswersOfConflict)
        guard cameUnprompted && !isConflict || onlyAnswers,
            !contest.hasOneTeller(\.onlyAsksMostly),
            !contest.isOwnedBy(contender)
        else { return }
        let stationKey = StationKey(segment: key.segment, mac: contender.mac)
        guard let station = stations.value(stationKey) else { return }
        let answers = onlyAnswers ? UInt8(Self.answersMin) : 0
        let other = ownAddress(
            of: station, contender.mac, answers: answers, in: contest, key, at: time)
        if let other, !hasRivalApart(of: contender, in: contest, key, time),
            !onlyAnswers || !isDeclaredGateway(other, in: key.segment)
        {
            suspect.evidence.insert(.ownsAnother)
            suspect.other = other
            suspect.onlyAnswers = onlyAnswers
        }
        let taken = station.takenBesides(key.ip, within: thresholds.changeWindow, at: time)
        if cameUnprompted, taken != nil { suspect.evidence.insert(.contestsAnother) }
    }

    /// Whether an address is the gateway's by configuration, and nobody disputes who has it. What
    /// the wire says of gateways anybody can say of their own address.
    private func isDeclaredGateway(_ ip: IPv4Address, in segment: Segment) -> Bool {
        guard ip == configuration.gateway else { return false }
        let place = bindings.peek(AddressKey(segment: segment, ip: ip))
        return place.map { bindings[$0].isSettled } ?? false
    }

    /// An owner may tell everybody once that it is still there (RFC 5227, section 2.4).
    private static let returnsMin: UInt32 = 2
    /// How many answers it takes to call a station one that answers.
    private static let answersMin: UInt32 = 2
    /// How many questions that two stations answered make a conflict, where the suspect whispers as
    /// well: then one of its answers may have come after a question by chance.
    private static let rivalAnswersOfConflict: UInt32 = 2

    /// Whether who had the address first, or who rivals that one, has an address of its own as
    /// well: then both are servers that share the contested one.
    private func hasRivalApart(
        of contender: Contender, in contest: Contest, _ key: AddressKey, _ time: Int64
    ) -> Bool {
        for index in contest.contenders.indices {
            guard let rival = contest.contenders[index], rival.mac != contender.mac,
                rival.isOriginal || contender.isOriginal
            else { continue }
            if isApart(rival.mac, in: contest, key, time) { return true }
        }
        return false
    }

    /// Whether a station has an address of its own that none of its rivals ever used: ports of one
    /// machine answer for all of its addresses.
    func isApart(
        _ mac: MACAddress, in contest: Contest, _ key: AddressKey, _ time: Int64
    ) -> Bool {
        guard let station = stations.value(StationKey(segment: key.segment, mac: mac))
        else { return false }
        return ownAddress(of: station, mac, answers: 0, in: contest, key, at: time) != nil
    }

    /// An address that the station uses, has, answered for at least `answers` times, and that no
    /// rival ever claimed.
    private func ownAddress(
        of station: Station, _ mac: MACAddress, answers: UInt8, in contest: Contest,
        _ key: AddressKey, at time: Int64
    ) -> IPv4Address? {
        for index in station.addresses.indices {
            let own = station.addresses[index]
            guard own.isThere, own.ip != key.ip, !own.ip.isLinkLocal, own.answers >= answers,
                time.isWithin(thresholds.ownAddressWindow, of: own.time)
            else { continue }
            let otherKey = AddressKey(segment: key.segment, ip: own.ip)
            guard bindings.owner(otherKey) == mac else { continue }
            if !isUsed(otherKey, byRivalsOf: mac, in: contest) { return own.ip }
        }
        return nil
    }

    private func isUsed(
        _ key: AddressKey, byRivalsOf mac: MACAddress, in contest: Contest
    ) -> Bool {
        let otherContest = contests.value(key)
        for index in contest.contenders.indices {
            guard let rival = contest.contenders[index]?.mac, rival != mac else { continue }
            if otherContest?.place(of: rival) != nil { return true }
            let station = stations.value(StationKey(segment: key.segment, mac: rival))
            if station?.uses(key.ip) == true { return true }
        }
        return false
    }
}

extension Contest {
    /// How many answers came after another station's to the same question.
    var rivalAnswers: UInt32 {
        var sum: UInt32 = 0
        for index in contenders.indices { sum &+= contenders[index]?.tally.rivalAnswers ?? 0 }
        return sum
    }

    /// Whether nearly all that a contender told was asked for, where so much was not: a capture
    /// lacks a question now and then. Once the address is contested only what everybody was asked
    /// counts, or was asked by one that was there before.
    func isNearlyAlwaysAsked(_ contender: Contender, _ unsolicited: UInt32) -> Bool {
        let tally = contender.tally
        let asked = tally.firstAnswers &+ tally.rivalAnswers &+ contender.privateAnswers
        let before = contender.isOriginal ? promptedBefore : 0
        return Swift.max(asked, before) / 3 >= unsolicited
    }

    /// Whether a contender is likely to be the owner, who may have further addresses: it had the
    /// address first and answers more than it whispers, or whispers nothing and alone does what
    /// owners do.
    fileprivate func isOwnedBy(_ contender: Contender) -> Bool {
        let tally = contender.tally
        let unsolicited = ownUnsolicited(by: contender)
        let isAsked = tally.firstAnswers > 0 && tally.firstAnswers >= unsolicited
        if contender.isOriginal, isAsked { return true }
        guard tally.isOwners, unsolicited == 0 else { return false }
        for index in contenders.indices {
            guard let other = contenders[index], other.mac != contender.mac else { continue }
            if other.tally.isOwners { return false }
        }
        return true
    }

    /// The contender that was heard last besides `mac`.
    fileprivate func rival(of mac: MACAddress) -> MACAddress? {
        var found: Contender?
        for index in contenders.indices {
            guard let contender = contenders[index], contender.mac != mac else { continue }
            if contender.tally.lastTime >= found?.tally.lastTime ?? .min { found = contender }
        }
        return found?.mac
    }
}

extension Suspect {
    /// How much tells against it: a piece of strong evidence outweighs all the weak.
    fileprivate var weight: Int {
        let weak = evidence.intersection(.weak).rawValue.nonzeroBitCount
        let strong = evidence.subtracting(.weak).rawValue.nonzeroBitCount
        return strong * 4 + weak
    }
}
