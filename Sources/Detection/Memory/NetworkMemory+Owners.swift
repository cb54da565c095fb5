// SPDX-License-Identifier: Apache-2.0

extension NetworkMemory {
    /// Takes in whom a packet makes the owner of an address, and says what changed.
    mutating func noteOwner(_ sighting: inout Sighting) {
        let packet = sighting.packet
        let key = AddressKey(segment: packet.segment, ip: packet.sender.ip)
        let claim = Binding(
            mac: packet.sender.mac, tally: ClaimTally(frame: sighting.frame, time: sighting.time))
        let (place, isNew) = bindings.findOrInsert(key, claim)
        let before = bindings[place].mac
        if !isNew { sighting.knownOwner = before }
        // An explanation matters where the claim is new, or was told unasked.
        if isNew || before != claim.mac || sighting.form == .unsolicited {
            sighting.explanation =
                explanation(
                    of: move(to: packet, from: bindings[place], at: sighting.time),
                    isGateway: sighting.isGateway, isTold: sighting.form == .unsolicited)
                ?? explanationBeside(bindings[place], of: packet, at: sighting.time)
        }
        if before == claim.mac {
            bindings.update(place) { $0.add(sighting, isHolders: $0.isHeld) }
        } else {
            changeOwner(of: key, at: place, to: claim, &sighting)
        }
        if sighting.isMismatched, sighting.form.isPrompted, bindings[place].mac == claim.mac {
            bindings.update(place) { $0.tally.noteAnswer(by: packet.source) }
        }
        sighting.isInOwnersName =
            sighting.isMismatched && before == claim.mac && !isNew
            && bindings[place].isHeldByOwner && sighting.declared ?? claim.mac == claim.mac
        sighting.hasOwnerAnswered =
            sighting.isInOwnersName && bindings[place].tally.firstAnswers > 0
        let isContested = bindings[place].isContested
        sighting.isSettled = before == claim.mac && !isNew && bindings[place].isSettled
        if isContested || sighting.isMismatched { describeContest(key, place, &sighting) }
        // Whoever speaks for an owner that answers may do so under the source of any known station;
        // who answered in its place is no other one.
        if sighting.hasOwnerAnswered, sighting.isSourceKnown, !sighting.isSourceRival,
            !bindings[place].tally.isAnswered(by: packet.source)
        {
            sighting.isSourceWorn = true
        }
    }

    /// The move that makes a packet's sender the owner of an address that `holder` has: from that
    /// one; or, where it took the address itself, from the first owner.
    func move(to packet: ARPPacket, from holder: Binding, at time: Int64) -> Move {
        var move = Move(pair: packet.sender, segment: packet.segment, time: time)
        if holder.mac != packet.sender.mac {
            move.comes(from: holder.mac, holder.tally)
        } else if holder.isUsurped, let first = firstOwner(of: packet) {
            move.comes(from: first.mac, first.tally)
        }
        return move
    }

    /// Who had the address first that a packet claims, where it is contested.
    private func firstOwner(of packet: ARPPacket) -> Contender? {
        let key = AddressKey(segment: packet.segment, ip: packet.sender.ip)
        let contest = contests.value(key)
        return contest?.original.flatMap { contest?.contender($0) }
    }

    /// What explains that a packet's sender has the address, where `holder` took that and somebody
    /// had it before: it is a router of that one's group, and takes it from the forger alone.
    private func explanationBeside(
        _ holder: Binding, of packet: ARPPacket, at time: Int64
    ) -> Explanation? {
        guard holder.isUsurped, holder.mac != packet.sender.mac,
            let first = firstOwner(of: packet), first.mac != packet.sender.mac
        else { return nil }
        var move = Move(pair: packet.sender, segment: packet.segment, time: time)
        move.comes(from: first.mac, first.tally)
        return isAdvertised(move) ? .sharedRouter : nil
    }

    private mutating func changeOwner(
        of key: AddressKey, at place: BindingTable.Place, to claim: Binding,
        _ sighting: inout Sighting
    ) {
        let before = bindings[place]
        var claim = claim
        claim.add(sighting)
        claim.isContested = before.isContested
        // Routers that share an address take nothing from each other, whoever was heard first.
        let isShared = sighting.explanation == .sharedRouter
        if isShared || sighting.explanation != nil && !before.isUsurped {
            bindings.update(place) { $0 = claim }
            if claim.isContested, let index = contests.peek(key), contests[index].dispute != nil {
                contests[index].dispute = Dispute(owner: claim.mac, time: sighting.time)
            }
            sighting.movedFrom = before.mac
            return
        }
        claim.isContested = true
        let window = thresholds.changeWindow
        let (index, _) = contests.findOrInsert(
            key, Contest(original: before, frame: before.tally.lastFrame))
        if contests[index].changes(within: window, at: sighting.time) == 0 {
            contests[index].beginAgain(
                holder: before, claimant: claim.mac, within: thresholds.ownAddressWindow,
                memory: thresholds.foldWindow, at: sighting.time)
        }
        if before.isSettled {
            contests[index].dispute = Dispute(over: before, at: sighting.time)
        }
        contests[index].hears(before)
        if let owner = contests[index].ownerPutBack(by: sighting, from: before) {
            return bindings.update(place) { $0 = owner }
        }
        let isOwnWord = contests[index].lastWasReturn && !contests[index].lastWasTold
        let after = contests[index].change(
            from: before, to: claim, sighting,
            lacksAdverts: hasHeardLong(sighting.packet.segment, at: sighting.time)
                && !(contests[index].hasOnlyWhisperers && isAdvertising(sighting)))
        let isStranger = sighting.isNewStation && noteStranger(sighting, in: index)
        let isFresh = before.isFresh(at: sighting.time, thresholds)
        if !before.isUsurped { contests[index].wasOwnerFresh = isFresh }
        contests[index].hears(after)
        bindings.update(place) { $0 = after }
        sighting.change = BindingChange(
            previous: before.mac, previousFrame: before.tally.lastFrame,
            isPreviousFresh: isFresh,
            isReturn: contests[index].lastWasReturn,
            isFurther: before.isUsurped && contests[index].original != before.mac,
            isRetaken: after.isUsurped && isOwnWord,
            count: contests[index].changes(within: window, at: sighting.time))
        if after.isUsurped {
            noteTaking(sighting, from: before.mac)
            if isStranger { countTaker(&sighting, from: before) }
        } else {
            countOwner(&sighting, from: before.mac)
            noteLateConfession(&sighting, taker: before)
        }
    }

    /// Whether a packet's sender is a router of a group that says it has the address.
    private func isAdvertising(_ sighting: Sighting) -> Bool {
        let packet = sighting.packet
        return isAdvertised(
            Move(pair: packet.sender, segment: packet.segment, time: sighting.time))
    }

    /// Takes in that an address changed to a station that was never heard before, and says whether
    /// it is a stranger.
    private mutating func noteStranger(_ sighting: Sighting, in index: Int) -> Bool {
        if contests[index].lastWasReturn { return !sighting.form.isPrompted }
        return contests[index].noteNew(
            sighting.packet.sender.mac, isPrompted: sighting.form.isPrompted,
            within: thresholds.changeWindow, at: sighting.time)
    }

    /// Takes in how a station uses a contested address, and counts the strangers among those who
    /// took it.
    private mutating func noteUse(_ sighting: inout Sighting, in index: Int) {
        let window = thresholds.changeWindow
        let isAnswer = sighting.form == .answer || sighting.form == .rivalAnswer
        if !sighting.isNewStation, isAnswer || sighting.form == .question {
            contests[index].noteUse(
                by: sighting.packet.sender.mac, isAnswer: isAnswer, within: window,
                at: sighting.time)
        }
        if sighting.form == .answerToOne,
            isEstablished(sighting.packet, before: contests[index].firstFrame)
        {
            contests[index].update(sighting.packet.sender.mac) { $0.privateAnswers &+= 1 }
        }
        if sighting.change != nil {
            sighting.strangers = contests[index].strangers(within: window, at: sighting.time)
        }
    }

    /// Whether the target of an answer has had an address since before `frame` that nobody
    /// disputes, and asks or answers everybody: it does not ask for a forger's sake.
    private func isEstablished(_ packet: ARPPacket, before frame: UInt64) -> Bool {
        let key = AddressKey(segment: packet.segment, ip: packet.target.ip)
        guard let place = bindings.peek(key) else { return false }
        let binding = bindings[place]
        let tally = binding.tally
        return binding.mac == packet.target.mac && binding.isSettled
            && tally.firstFrame < frame && (tally.asked > 0 || tally.firstAnswers > 0)
    }

    /// Whether a segment was heard for so long that adverts would have been heard too.
    func hasHeardLong(_ segment: Segment, at time: Int64) -> Bool {
        newcomers.value(StationKey(segment: segment, mac: .zero))?
            .isHeard(for: thresholds.advertExplains, at: time) ?? false
    }

    /// Counts a station that was never heard before and takes an address, unasked.
    private mutating func countTaker(_ sighting: inout Sighting, from owner: Binding) {
        let key = StationKey(segment: sighting.packet.segment, mac: .zero)
        guard let place = newcomers.find(key) else { return }
        let window = thresholds.newcomerWindow
        (sighting.takers, sighting.robbed) = newcomers[place].addTaker(
            at: sighting.time, within: window, isFromOwner: !owner.isUsurped,
            isThere: sighting.time.isWithin(thresholds.rateWindow, of: owner.tally.lastTime),
            burst: thresholds.takersMax)
    }

    /// Counts an owner that takes back what was taken from it.
    private mutating func countOwner(_ sighting: inout Sighting, from taker: MACAddress) {
        let packet = sighting.packet
        // Taken and taken back within one window: the owner was not away.
        if let change = sighting.change, change.count > 1 {
            let index = stations.peekOrInsert(
                StationKey(segment: packet.segment, mac: taker), Station())
            stations[index].loses(
                to: packet.sender.mac, at: sighting.time, within: thresholds.changeWindow)
        }
        let key = StationKey(segment: packet.segment, mac: .zero)
        guard let place = newcomers.find(key) else { return }
        let back = newcomers[place].addOwnerBack(
            at: sighting.time, within: thresholds.newcomerWindow,
            afterBurstWithin: thresholds.changeWindow)
        sighting.isBackAfterRobbery = 2 * back >= thresholds.takersMax
    }

    private mutating func noteTaking(_ sighting: Sighting, from owner: MACAddress) {
        let key = StationKey(segment: sighting.packet.segment, mac: sighting.packet.sender.mac)
        let index = stations.peekOrInsert(key, Station())
        stations[index].takes(
            TakenAddress(ip: sighting.packet.sender.ip, from: owner, time: sighting.time))
    }

    /// What the history of a contested address tells about a packet.
    private mutating func describeContest(
        _ key: AddressKey, _ place: BindingTable.Place, _ sighting: inout Sighting
    ) {
        let packet = sighting.packet
        let mayBeWorn = sighting.isMismatched && mayBeWorn(sighting)
        sighting.isSourceWorn = mayBeWorn && !bindings[place].tally.isOwners
        guard let index = contests.find(key) else { return }
        contests[index].keep(bindings[place])
        noteUse(&sighting, in: index)
        if sighting.isMismatched {
            contests[index].describeSource(&sighting, mayBeWorn: mayBeWorn)
        }
        sighting.hasSiblings = contests[index].hasSibling(of: packet.sender.mac)
        if sighting.hasSiblings {
            sighting.isApart = isApart(packet.sender.mac, in: contests[index], key, sighting.time)
        }
        if sighting.change != nil {
            sighting.suspect = suspect(in: contests[index], key, at: sighting.time)
            sighting.claimant = contests[index].place(of: packet.sender.mac).flatMap {
                suspicion(of: $0, in: contests[index], key, at: sighting.time)
            }
        }
    }
}

extension Binding {
    /// Whether its station itself said so a short while ago, and did not take the address.
    fileprivate func isFresh(at time: Int64, _ thresholds: Thresholds) -> Bool {
        !isUsurped && tally.count > tally.unsolicited
            && time.isWithin(thresholds.freshOwnerWindow, of: tally.lastTime)
    }

    /// Whether its station behaves as owners do, and took it from nobody.
    fileprivate var isHeldByOwner: Bool { !isUsurped && tally.isOwners }

    /// Whether its station took it from nobody, and did more than whisper.
    fileprivate var isHeld: Bool { !isUsurped && isMoreThanWhispered }

    /// Counts the claim that a packet makes; `isHolders` where the station had the address anyway.
    mutating func add(_ sighting: Sighting, isHolders: Bool = false) {
        tally.add(
            sighting.form, isToMany: sighting.packet.isToMany, frame: sighting.frame,
            time: sighting.time, isMismatched: sighting.isMismatched, isHolders: isHolders)
    }
}

extension Contender {
    /// Whether it had the address first, and behaves as owners do.
    var isOwner: Bool { isOriginal && tally.isOwners }

    /// Whether it did nothing but ask everybody; of the owner, in whose name anybody can speak, by
    /// its own word.
    var onlyAsksItself: Bool { isOwner ? tally.onlyAsksItself : tally.onlyAsks }

    /// The same of one that asked at least as often as others spoke in its name: a forger that is
    /// heard before the owner would ask once, and whisper under another source.
    var onlyAsksMostly: Bool { onlyAsksItself && tally.isAskedMostly }
}
