// SPDX-License-Identifier: Apache-2.0

/// What one station is told unasked, again and again.
extension NetworkMemory {
    /// Takes in what one station was told unasked, and whether it names its target rightly.
    mutating func noteRepetition(_ sighting: inout Sighting) {
        let packet = sighting.packet
        guard sighting.explanation == nil, let told = packet.listener,
            sighting.declared != packet.sender.mac
        else { return }
        let key = AddressKey(segment: packet.segment, ip: packet.sender.ip)
        // Copies of what is said of a link-local address share whom it names alone; who took it may
        // name anybody.
        let isToNamed = packet.sender.ip.isLinkLocal && packet.target.mac.isUnicast
        let named = isToNamed ? packet.target.mac : told
        let listener = isHolder(packet, at: bindings.peek(key)) ? named : told
        let listenerKey = StationKey(segment: packet.segment, mac: listener)
        let isUnheard = !packet.goesToGroup && !stations.contains(listenerKey)
        let isGroupsAnswer = packet.goesToGroup && packet.goesToTarget
        let hasSeveralSpeakers = notes(packet.sender.mac, to: listenerKey)
        let everybody = StationKey(segment: packet.segment, mac: .zero)
        let isNobodyAsking = notes(packet.sender.mac, to: everybody) && !hasQuestions
        let isAskingOwner = asksAsOwner(packet)
        sighting.mayBeAskedUnseen =
            isAskingOwner && mayLackQuestions(of: listenerKey, or: told, to: packet)
            && (!sighting.isGateway || hasAnsweredEverybody(packet))
        sighting.isOneSided =
            isNobodyAsking || isUnheard && hasSeveralSpeakers
            || (isUnheard || isGroupsAnswer) && isAskingOwner
            || packet.goesToCluster && isSoleOwner(packet)
            || isAskingOwner && !sighting.isGateway && !sighting.isMismatched && hasAnswered(packet)
        sighting.repetition = count(sighting, to: listener, isUnheard: isUnheard)
        if named != listener {
            let toNamed = count(sighting, to: named, isUnheard: isUnheard)
            if toNamed.count > sighting.repetition.count { sighting.repetition = toNamed }
        }
        noteMostTold(packet, sighting.repetition.count)
        sighting.isMostlyAsked = isMostlyAsked(packet)
        noteTarget(&sighting, listenerKey)
    }

    /// Counts once more that a listener was told this unasked.
    private mutating func count(
        _ sighting: Sighting, to listener: MACAddress, isUnheard: Bool
    ) -> (count: Int, firstFrame: UInt64) {
        let packet = sighting.packet
        let key = ClaimKey(segment: packet.segment, claim: packet.sender, listener: listener)
        let (index, _) = repetitions.findOrInsert(key, Repetition(frame: sighting.frame))
        let hasTakenGateway = sighting.isGateway && isTakenAndUnanswered(packet)
        let count = repetitions[index].add(
            frame: sighting.frame, at: sighting.time,
            within: hasTakenGateway
                ? thresholds.takenGatewayWindow : thresholds.unsolicitedWindow,
            pauseMax: isUnheard ? thresholds.unheardPause : .max)
        return (count, repetitions[index].firstFrame)
    }

    /// Whether a packet's sender took the address that it claims from another station, and never
    /// answered for it: of who does, a capture lacks a question now and then, over an hour too.
    private func isTakenAndUnanswered(_ packet: ARPPacket) -> Bool {
        let place = bindings.peek(AddressKey(segment: packet.segment, ip: packet.sender.ip))
        return place.map { bindings[$0].isUsurped && bindings[$0].tally.soleAnswers == 0 } ?? false
    }

    /// Notes that a station was told a contested claim so often.
    private mutating func noteMostTold(_ packet: ARPPacket, _ count: Int) {
        let key = AddressKey(segment: packet.segment, ip: packet.sender.ip)
        guard let index = contests.peek(key) else { return }
        contests[index].update(packet.sender.mac) {
            $0.mostTold = Swift.max($0.mostTold, UInt8(clamping: count))
        }
    }

    /// Whether a sender asks everybody in the name of the address that it claims, which nobody
    /// contests, and claims no other: the system of an attacker knows nothing of what its tool
    /// claims.
    private func asksAsOwner(_ packet: ARPPacket) -> Bool {
        let address = AddressKey(segment: packet.segment, ip: packet.sender.ip)
        let sender = StationKey(segment: packet.segment, mac: packet.sender.mac)
        guard let place = bindings.peek(address), let station = stations.peek(sender) else {
            return false
        }
        return isSoleOwner(packet) && bindings[place].tally.asked > 0
            && stations.read(station) { $0.speaksOnly(for: packet.sender.ip) }
    }

    /// Whether a capture may lack what a listener asks a packet's sender alone: nothing that the
    /// listener said to one station is in it, and it is neither a group nor, as named or by where
    /// the frame goes, a card of the watching machine; or most of what it said itself under the
    /// address under which it is told were answers unasked, as of one whose questions are missing,
    /// or of a forger to whom the answers for another one go.
    private func mayLackQuestions(
        of listener: StationKey, or told: MACAddress, to packet: ARPPacket
    ) -> Bool {
        let own = configuration.ownStations
        if listener.mac.isGroup || own.contains(listener.mac) || own.contains(told) { return false }
        let named = AddressKey(segment: packet.segment, ip: packet.target.ip)
        if let tally = tally(of: listener.mac, named),
            tally.ownUnsolicited >= thresholds.unsolicitedEvidence,
            tally.ownUnsolicited >= tally.count / 2
        {
            return true
        }
        guard let place = stations.peek(listener) else { return true }
        return stations.read(place) { !$0.hasSpokenToOne }
    }

    /// Whether a sender was the first to answer when everybody was asked for what it claims.
    private func hasAnsweredEverybody(_ packet: ARPPacket) -> Bool {
        let address = AddressKey(segment: packet.segment, ip: packet.sender.ip)
        return bindings.peek(address).map { bindings[$0].tally.firstAnswers > 0 } ?? false
    }

    /// Whether a sender answered, as the first, anybody's question for what it claims. An owner
    /// that asks everybody too, and whom nobody contests, may keep a router's memory fresh:
    /// wireless stations that sleep tell theirs every half a minute, unasked.
    private func hasAnswered(_ packet: ARPPacket) -> Bool {
        let address = AddressKey(segment: packet.segment, ip: packet.sender.ip)
        return bindings.peek(address).map { bindings[$0].tally.soleAnswers > 0 } ?? false
    }

    /// Whether a sender is the owner of the address that it claims, and nobody contests it.
    private func isSoleOwner(_ packet: ARPPacket) -> Bool {
        let address = AddressKey(segment: packet.segment, ip: packet.sender.ip)
        guard let place = bindings.peek(address) else { return false }
        return bindings[place].mac == packet.sender.mac && !bindings[place].isContested
    }

    /// Whether most of a sender's answers were asked for, nearly all where the address is
    /// contested: then the capture lacks a question now and then. Of who came later only what
    /// everybody was asked counts, or was asked by one that was there before: who alone was asked
    /// may have seen to that.
    private func isMostlyAsked(_ packet: ARPPacket) -> Bool {
        let key = AddressKey(segment: packet.segment, ip: packet.sender.ip)
        guard let place = bindings.peek(key), bindings[place].mac == packet.sender.mac
        else { return false }
        let tally = bindings[place].tally
        guard bindings[place].isContested else { return tally.prompted >= tally.unsolicited }
        guard let index = contests.peek(key),
            let contender = contests[index].contender(packet.sender.mac), !contender.isOriginal
        else { return tally.prompted / 3 >= tally.unsolicited }
        return contests[index].isNearlyAlwaysAsked(
            contender, contests[index].unsolicited(by: contender))
    }

    /// Takes in who tells a listener something unasked, and says whether several do.
    private mutating func notes(_ speaker: MACAddress, to listener: StationKey) -> Bool {
        let (place, _) = listeners.findOrInsert(listener, Listener(firstSpeaker: speaker))
        listeners[place].hears(speaker)
        return listeners[place].hasSeveralSpeakers
    }

    private mutating func noteTarget(_ sighting: inout Sighting, _ listener: StationKey) {
        let target = sighting.packet.target
        // Who is poisoned sends to whom it names.
        guard target.ip != .unspecified, target.mac.isUnicast,
            target.mac == listener.mac, !sighting.isMismatched
        else { return }
        let key = AddressKey(segment: listener.segment, ip: target.ip)
        // Who claims the target's address itself is no witness against the target.
        guard let place = bindings.peek(key), contests.value(key)?.place(of: target.mac) == nil
        else { return }
        let owner = bindings[place].mac
        guard owner != target.mac, owner != sighting.packet.sender.mac else { return }
        let move = Move(
            pair: target, segment: listener.segment, previous: owner, time: sighting.time)
        let explained = explanation(of: move, isGateway: false, isTold: false)
        guard explained == nil else { return }
        let (index, _) = poisoned.findOrInsert(listener, Repetition(frame: sighting.frame))
        let count = poisoned[index].add(
            frame: sighting.frame, at: sighting.time, within: thresholds.unsolicitedWindow,
            // Who wakes up asks several times at once, and is answered as often.
            pauseMin: Self.pauseMin)
        sighting.contradictedTarget = owner
        sighting.isMutuallyPoisoned = isMutual(sighting, owner: owner)
        sighting.poisoned = (count, poisoned[index].firstFrame)
        sighting.isOwnerThere = bindings[place].tally.lastFrame > poisoned[index].firstFrame
    }

    /// Whether the owner of the target's address, too, told the same station its address under
    /// the sender's.
    private func isMutual(_ sighting: Sighting, owner: MACAddress) -> Bool {
        let packet = sighting.packet
        let claim = ClaimKey(
            segment: packet.segment, claim: AddressPair(mac: owner, ip: packet.target.ip),
            listener: packet.target.mac)
        let station = stations.value(StationKey(segment: packet.segment, mac: owner))
        guard repetitions.contains(claim), let station else { return false }
        return station.told(
            packet.target.ip, to: packet.sender.ip, within: thresholds.betweenWindow,
            at: sighting.time)
    }
}
