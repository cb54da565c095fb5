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

    /// Whether a question that goes to one station goes to none that was ever heard here: then it
    /// claims no address, as nobody learns of it. Who wakes up asks so for each network where it
    /// was before, once or twice in the name of the address that it had there (RFC 4436, section
    /// 2.1), which may be another station's here. Who goes on so may tell one that never speaks.
    mutating func isPutToAbsent(_ sighting: Sighting) -> Bool {
        let packet = sighting.packet
        guard sighting.form == .question, !sighting.isMismatched, !sighting.isGateway,
            // Who was just answered was heard.
            !sighting.isAskedAgain, let listener = packet.destination, listener.isUnicast,
            !stations.contains(StationKey(segment: packet.segment, mac: listener)),
            !configuration.ownStations.contains(listener)
        else { return false }
        let owner = bindings.owner(AddressKey(segment: packet.segment, ip: packet.sender.ip))
        // Of a network that was heard for a moment only, some stations are not known yet.
        guard
            owner.map({ $0 != packet.sender.mac })
                ?? hasHeardLong(packet.segment, at: sighting.time)
        else { return false }
        let absent = ClaimKey(segment: packet.segment, claim: packet.sender, listener: .zero)
        let (index, _) = repetitions.findOrInsert(absent, Repetition(frame: sighting.frame))
        let count = repetitions[index].add(
            frame: sighting.frame, at: sighting.time, within: thresholds.changeWindow,
            pauseMin: Self.pauseMin)
        return count <= thresholds.absentAsked
    }

    /// Counts a station that was never heard before.
    mutating func noteNewcomer(_ sighting: inout Sighting) {
        let segment = sighting.packet.segment
        sighting.newcomers = countNewcomer(
            sighting, as: StationKey(segment: segment, mac: .zero))
        // Whoever may tag its frames has as many segments as there are numbers, and one memory
        // keeps the stations of them all. How long it was heard is known of the interface.
        sighting.newcomersOfInterface = countNewcomer(
            sighting, as: StationKey(segment: segment.untagged, mac: .broadcast))
    }

    private mutating func countNewcomer(
        _ sighting: Sighting, as key: StationKey
    ) -> Newcomers.Count {
        let (place, _) = newcomers.findOrInsert(key, Newcomers())
        return newcomers[place].add(
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
