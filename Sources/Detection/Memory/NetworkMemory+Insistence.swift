// SPDX-License-Identifier: Apache-2.0

/// In which way a station insists on an address that it took; each way is counted by itself.
enum Insistence: UInt8 {
    /// It says so again and again.
    case claims
    /// It asks everybody, in the address's name, for what it was told a moment ago.
    case asksAgain
    /// It tells everybody each time its owner has used the address.
    case retakes
}

extension NetworkMemory {
    /// Takes in that a station goes on claiming what it took, to everybody or in questions for
    /// one that is there.
    mutating func noteInsistence(_ sighting: inout Sighting) {
        let packet = sighting.packet
        let key = AddressKey(segment: packet.segment, ip: packet.sender.ip)
        guard sighting.form == .question || sighting.form == .announcement,
            sighting.declared != packet.sender.mac, let place = bindings.peek(key),
            bindings[place].mac == packet.sender.mac,
            bindings[place].isUsurped || isOutanswered(sighting, bindings[place])
        else { return }
        let move = move(to: packet, from: bindings[place], at: sighting.time)
        guard explanation(of: move, isGateway: sighting.isGateway, isTold: false) == nil
        else { return }
        guard bindings[place].isUsurped else {
            let isAnnouncement = sighting.form == .announcement
            let needed = isAnnouncement ? thresholds.insistences : thresholds.askedAgain
            return count(.claims, needed, &sighting)
        }
        let isRecent = isRecent(key, at: sighting.time)
        if !sighting.isQuestionToMany
            || isRecent && (sighting.isAskedAgain || wasOwnerThere(key))
        {
            count(.claims, thresholds.insistences, &sighting)
        }
        if isRecent, sighting.isAskedAgain, packet.isToMany, !isWornByRouters(packet) {
            count(.asksAgain, thresholds.askedAgain, &sighting)
        }
        sighting.mayBeHeir = mayBeHeir(sighting, bindings[place].tally)
        if sighting.change?.isRetaken == true, sighting.form == .announcement,
            sighting.suspect?.hasOneTeller != true
        {
            count(.retakes, thresholds.retakings, &sighting)
        }
    }

    /// Whether a station that was heard first to have an address never answers for it, while
    /// another one does: it tells everybody that it has it, or, of the gateway's, asks in its name
    /// for what it was just told. A forger with which a capture begins does so; who has an address
    /// answers, however often it announces.
    private func isOutanswered(_ sighting: Sighting, _ binding: Binding) -> Bool {
        let packet = sighting.packet
        guard binding.isContested, binding.tally.prompted == 0, !isWornByRouters(packet)
        else { return false }
        let key = AddressKey(segment: packet.segment, ip: packet.sender.ip)
        guard let contest = contests.value(key) else { return false }
        return sighting.form == .announcement
            ? !sighting.isMismatched && contest.hasAnswerer(besides: packet.sender.mac)
            : sighting.isGateway && sighting.isAskedAgain && contest.hasAnswerer
    }

    /// Whether an address was taken a short while ago: later whoever has it asks everybody as
    /// owners do.
    private func isRecent(_ key: AddressKey, at time: Int64) -> Bool {
        guard let index = contests.peek(key) else { return false }
        return contests[index].changes(within: thresholds.ownAddressWindow, at: time) > 0
    }

    /// Whether the owner of an address that was taken had been there. Who has got the address of
    /// one that is gone may look for a station that is off, or not hear what it is answered.
    private func wasOwnerThere(_ key: AddressKey) -> Bool {
        contests.peek(key).map { contests[$0].wasOwnerFresh } ?? false
    }

    /// Whether a station that goes on telling everybody that it has what it took may have got it
    /// honestly: it whispers to nobody, and the former owner is gone, or it only asks, and answers
    /// when asked itself. Leaders of clusters announce as long as they lead, and who makes sure of
    /// its router each second goes on to under another card. The gateway's address is too dear for
    /// that: see ``mayBeRouter(_:_:_:)``.
    private func mayBeHeir(_ sighting: Sighting, _ tally: ClaimTally) -> Bool {
        guard sighting.packet.isToMany, tally.unsolicited == 0 else { return false }
        let key = AddressKey(segment: sighting.packet.segment, ip: sighting.packet.sender.ip)
        let contest = contests.value(key)
        if sighting.isGateway { return mayBeRouter(sighting, tally, contest) }
        if sighting.form == .question, tally.soleAnswers > 0 { return true }
        return contest?.hasReturned != true
    }

    /// Whether a station may have replaced the router a moment ago, and look for a host that is
    /// off: it told everybody that it is there, and never had another address, as far as is known;
    /// it asks everybody, and for what nobody answers; and no former router was ever back.
    private func mayBeRouter(
        _ sighting: Sighting, _ tally: ClaimTally, _ contest: Contest?
    ) -> Bool {
        guard let contest, !contest.hasEverReturned, contest.lastWasTold, tally.isMoreThanAsked,
            sighting.form == .question, !sighting.isAskedAgain
        else { return false }
        let packet = sighting.packet
        let key = StationKey(segment: packet.segment, mac: packet.sender.mac)
        return stations.value(key)?.hasUsed(besides: packet.sender.ip) != true
            && !wasKnown(key, besides: packet.sender.ip)
    }

    /// Whether one of those who claim an address wears a virtual router's: its ports ask in the
    /// address's name.
    private func isWornByRouters(_ packet: ARPPacket) -> Bool {
        let key = AddressKey(segment: packet.segment, ip: packet.sender.ip)
        return contests.value(key)?.hasVirtualRouter ?? false
    }

    /// Counts one more claim of a way, and notes that there are `needed` of them.
    private mutating func count(_ way: Insistence, _ needed: Int, _ sighting: inout Sighting) {
        let packet = sighting.packet
        guard let listener = sighting.form == .question ? listener(of: packet) : .broadcast
        else { return }
        let key = ClaimKey(
            segment: packet.segment, claim: packet.sender, listener: listener, way: way)
        let (index, _) = insistences.findOrInsert(key, Repetition(frame: sighting.frame))
        let count = insistences[index].add(
            frame: sighting.frame, at: sighting.time, within: thresholds.unsolicitedWindow,
            pauseMin: Self.pauseMin, pauseMax: thresholds.pauseMax(of: way))
        guard count >= needed else { return }
        sighting.isInsisting = true
        sighting.repetition = (count, insistences[index].firstFrame)
    }

    /// Whom a question is meant for: the one that it goes to, or that has the address asked for.
    /// What goes to a group is for everybody.
    private func listener(of packet: ARPPacket) -> MACAddress? {
        if packet.goesToGroup { return .broadcast }
        if !packet.isToMany, let destination = packet.destination { return destination }
        let key = AddressKey(segment: packet.segment, ip: packet.target.ip)
        return bindings.owner(key)
    }

    /// What is said several times at once is said once.
    static let pauseMin: Int64 = 800 * Nanoseconds.millisecond
}

extension Thresholds {
    fileprivate func pauseMax(of way: Insistence) -> Int64 {
        switch way {
        case .claims: insistencePause
        case .asksAgain: askedAgainPause
        case .retakes: retakingPause
        }
    }
}
