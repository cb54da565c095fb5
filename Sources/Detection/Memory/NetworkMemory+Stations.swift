// SPDX-License-Identifier: Apache-2.0

extension NetworkMemory {
    /// Counts what a frame's source sends.
    @inline(__always)
    mutating func noteRates(
        _ packet: ARPPacket, _ form: ClaimForm, stationAt index: Int, time: Int64
    ) -> Rates {
        let isScan =
            packet.isRequest && (packet.isToMany || packet.goesToGroup)
            && packet.sender.ip != packet.target.ip
        var (rates, asksMany) = stations[index].sends(
            packet, form, isScan: isScan, at: time, within: thresholds.rateWindow,
            scanWithin: thresholds.newcomerWindow)
        if asksMany { rates.scanned = noteScan(packet, stationAt: index) }
        return rates
    }

    /// Counts the addresses that a station asks everybody for, where they are many.
    @inline(never)
    private mutating func noteScan(_ packet: ARPPacket, stationAt index: Int) -> Int {
        let key = StationKey(segment: packet.segment, mac: packet.source)
        let (place, _) = scans.findOrInsert(key, Scan())
        return scans[place].asks(for: packet.target.ip, besides: stations[index].asked)
    }

    /// Counts a station that was never heard before.
    mutating func noteNewcomer(_ sighting: inout Sighting) {
        let key = StationKey(segment: sighting.packet.segment, mac: .zero)
        let (place, _) = newcomers.findOrInsert(key, Newcomers())
        sighting.newcomers = newcomers[place].add(
            sighting.packet.sender.ip, isUnsolicited: sighting.form == .unsolicited,
            at: sighting.time, within: thresholds.newcomerWindow, turn: thresholds.changeWindow)
    }

    /// Takes in that a frame's source speaks for another sender.
    mutating func noteSource(_ sighting: inout Sighting) {
        guard sighting.isMismatched else { return }
        let source = StationKey(
            segment: sighting.packet.segment, mac: sighting.packet.source)
        // Who was asked may answer for many: controllers of wireless networks do.
        if !sighting.form.isPrompted {
            let (index, _) = spokenFor.findOrInsert(
                source, SpokenFor(frame: sighting.frame, time: sighting.time))
            spokenFor[index].add(
                sighting.packet.sender.mac, frame: sighting.frame, at: sighting.time,
                within: thresholds.unsolicitedWindow)
            sighting.spokenFor = (spokenFor[index].count, spokenFor[index].firstFrame)
        }
        sighting.isSourceKnown = stations.value(source)?.hasAddress ?? false
        sighting.isSourceTrusted = configuration.trusts(source.mac)
    }

    /// Whether somebody may wear the address of a frame's source: that is known by an address of
    /// its own, and the sender is not.
    func mayBeWorn(_ sighting: Sighting) -> Bool {
        let packet = sighting.packet
        let sender = stations.value(StationKey(segment: packet.segment, mac: packet.sender.mac))
        let other = sender?.address(
            besides: packet.sender.ip, within: thresholds.ownAddressWindow, at: sighting.time)
        // Nobody would wear another's address to speak for one whom nobody accuses.
        return sighting.isSourceKnown && other == nil
            && !configuration.trusts(packet.sender.mac)
    }

    /// Takes in which addresses a sender uses and whom it tells about them.
    mutating func noteAddresses(_ sighting: inout Sighting) {
        let packet = sighting.packet
        let key = StationKey(segment: packet.segment, mac: packet.sender.mac)
        let index = stations.peekOrInsert(key, Station())
        if sighting.form == .unsolicited {
            sighting.otherAddress = stations[index].address(
                besides: packet.sender.ip, within: thresholds.ownAddressWindow, at: sighting.time)
        }
        let isItsOwnWord =
            !sighting.isMismatched && sighting.form != .unsolicited
            && sighting.form != .rivalAnswer && sighting.explanation != .sharedRouter
        if isItsOwnWord {
            let isNew = sighting.form == .announcement && !stations[index].uses(packet.sender.ip)
            sighting.newAddresses = stations[index].announces(
                isNew, at: sighting.time, within: thresholds.rateWindow)
            stations[index].uses(
                packet.sender.ip, at: sighting.time, isAnswer: sighting.form.isAnswer)
            if isNew { stations[index].takesUp(packet.sender.ip) }
        }
        sighting.robsSeveral = stations[index].robsSeveral(
            within: thresholds.changeWindow, at: sighting.time)
        guard packet.target.ip != packet.sender.ip, packet.target.ip != .unspecified
        else { return }
        let pair = ToldPair(
            packet, sighting.form, time: sighting.time, frame: sighting.frame)
        let reverse = stations[index].toldReverse(
            of: pair, within: thresholds.betweenWindow, orAnswer: thresholds.unsolicitedWindow)
        if let reverse, isUnasked(pair, or: reverse, in: packet.segment) {
            sighting.reverse = reverse
            sighting.isReverseGateway = isGateway(reverse.claimed, in: packet.segment)
            sighting.isAnswererForBoth =
                mayHaveBeenAsked(packet.sender.mac, pair, in: packet.segment)
                && mayHaveBeenAsked(packet.sender.mac, reverse, in: packet.segment)
        }
        stations[index].tells(pair)
    }

    /// Takes in what one station was told unasked, and whether it names its target rightly.
    mutating func noteRepetition(_ sighting: inout Sighting) {
        let packet = sighting.packet
        guard sighting.explanation == nil, var listener = packet.listener,
            sighting.declared != packet.sender.mac
        else { return }
        // Copies of what is said of a link-local address share whom it names alone.
        if packet.sender.ip.isLinkLocal, packet.target.mac.isUnicast {
            listener = packet.target.mac
        }
        let listenerKey = StationKey(segment: packet.segment, mac: listener)
        let isUnheard = !packet.goesToGroup && !stations.contains(listenerKey)
        let isGroupsAnswer = packet.goesToGroup && packet.goesToTarget
        let hasSeveralSpeakers = notes(packet.sender.mac, to: listenerKey)
        let everybody = StationKey(segment: packet.segment, mac: .zero)
        let isNobodyAsking = notes(packet.sender.mac, to: everybody) && !hasQuestions
        sighting.isOneSided =
            isNobodyAsking || isUnheard && hasSeveralSpeakers
            || (isUnheard || isGroupsAnswer) && asksAsOwner(packet)
            || packet.goesToCluster && isSoleOwner(packet)
        let key = ClaimKey(
            segment: packet.segment, claim: packet.sender, listener: listener)
        let (index, _) = repetitions.findOrInsert(key, Repetition(frame: sighting.frame))
        let hasTakenGateway = sighting.isGateway && isTakenAndUnanswered(packet)
        let count = repetitions[index].add(
            frame: sighting.frame, at: sighting.time,
            within: hasTakenGateway
                ? thresholds.takenGatewayWindow : thresholds.unsolicitedWindow,
            pauseMax: isUnheard ? thresholds.unheardPause : .max)
        sighting.repetition = (count, repetitions[index].firstFrame)
        noteMostTold(packet, count)
        sighting.isMostlyAsked = isMostlyAsked(packet)
        noteTarget(&sighting, listenerKey)
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
        return contests[index].isNearlyAlwaysAsked(contender)
    }

    /// Takes in who tells a listener something unasked, and says whether several do.
    private mutating func notes(_ speaker: MACAddress, to listener: StationKey) -> Bool {
        let (place, _) = listeners.findOrInsert(listener, Listener(firstSpeaker: speaker))
        listeners[place].hears(speaker)
        return listeners[place].hasSeveralSpeakers
    }

    /// Takes in whether an unsolicited answer's two stations had asked for the address.
    func noteQuestions(_ sighting: inout Sighting) {
        let packet = sighting.packet
        let asker = packet.goesToTarget ? packet.target.mac : packet.listener
        let listener = QuestionKey(
            asker: asker ?? packet.target.mac, wanted: packet.sender.ip)
        sighting.wasAskedLately =
            questions.value(listener)?.mayHaveRivals(at: sighting.time, thresholds) ?? false
        sighting.hasSpeakerAsked =
            hasAsked(packet.source, for: packet.sender.ip, at: sighting.time)
            || sighting.isMismatched
                && hasAsked(packet.sender.mac, for: packet.sender.ip, at: sighting.time)
    }

    /// Whether a station asked for an address a while ago, under one of its own.
    func hasAsked(_ mac: MACAddress, for ip: IPv4Address, at time: Int64) -> Bool {
        questions.value(QuestionKey(asker: mac, wanted: ip))?.isInOwnName(
            within: thresholds.ownAddressWindow, at: time) ?? false
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
            frame: sighting.frame, at: sighting.time, within: thresholds.unsolicitedWindow)
        sighting.contradictedTarget = owner
        sighting.isMutuallyPoisoned = isMutual(sighting, owner: owner)
        sighting.poisoned = (count, poisoned[index].firstFrame)
        sighting.isOwnerThere = bindings[place].tally.lastFrame > poisoned[index].firstFrame
    }
}

extension NetworkMemory {
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

extension Rates {
    /// Whether none of the rules on rates has anything to say.
    @inline(__always)
    func isQuiet(_ thresholds: Thresholds) -> Bool {
        claims < thresholds.claimsMax && requests < thresholds.requestsMax
            && scanned != thresholds.scannedMax
    }
}

extension Station {
    /// Counts a packet that it sends, and says whether it asks for more addresses than are
    /// counted here.
    @inline(__always)
    fileprivate mutating func sends(
        _ packet: ARPPacket, _ form: ClaimForm, isScan: Bool, at time: Int64,
        within window: Int64, scanWithin scanWindow: Int64
    ) -> (Rates, asksMany: Bool) {
        var rates = Rates()
        switch form {
        case .announcement, .unsolicited:
            // Who claims no address at all is not its true sender: see M3.
            if packet.sender.ip == .unspecified { break }
            rates.claims = claimRate.add(at: time, within: window)
        case .probe, .question:
            rates.requests = requestRate.add(at: time, within: window)
        case .answer, .answerToOne, .rivalAnswer: break
        }
        guard isScan else { return (rates, false) }
        let scanned = asked.asks(for: packet.target.ip, at: time, within: scanWindow)
        rates.scanned = scanned ?? 0
        return (rates, scanned == nil)
    }

    /// Whether it uses any address.
    fileprivate var hasAddress: Bool {
        for index in addresses.indices where addresses[index].isThere { return true }
        return false
    }

    /// Whether it ever used an address other than `ip` and those for want of another, as far as is
    /// remembered.
    func hasUsed(besides ip: IPv4Address) -> Bool {
        addresses.indices.contains { index in
            let own = addresses[index]
            return own.isThere && own.ip != ip && !own.ip.isLinkLocal
        }
    }

    /// An address that it used within `window`, other than `ip` and those for want of another.
    func address(
        besides ip: IPv4Address, within window: Int64, at time: Int64
    ) -> IPv4Address? {
        for index in addresses.indices {
            let own = addresses[index]
            guard own.isThere, own.ip != ip, !own.ip.isLinkLocal,
                time.isWithin(window, of: own.time)
            else { continue }
            return own.ip
        }
        return nil
    }
}
