// SPDX-License-Identifier: Apache-2.0

extension NetworkMemory {
    /// Takes in whom a packet makes the owner of an address, and says what changed.
    mutating func noteOwner(_ sighting: inout Sighting) {
        let packet = sighting.packet
        let key = AddressKey(segment: packet.segment, ip: packet.sender.ip)
        var claim = Binding(
            mac: packet.sender.mac, tally: ClaimTally(frame: sighting.frame, time: sighting.time))
        claim.add(sighting)
        var before: Binding?
        bindings.update(key, initial: claim) { binding, isNew in
            if isNew { return }
            if binding.mac == claim.mac {
                binding.add(sighting)
            } else {
                before = binding
            }
        }
        if let before { changeOwner(of: key, from: before, to: claim, &sighting) }
        describeContest(key, &sighting)
    }

    private mutating func changeOwner(
        of key: AddressKey, from before: Binding, to claim: Binding, _ sighting: inout Sighting
    ) {
        if sighting.explanation != nil, !before.isUsurped {
            bindings.update(key, initial: claim) { binding, _ in binding = claim }
            sighting.movedFrom = before.mac
            return
        }
        let (index, _) = contests.findOrInsert(
            key, Contest(original: before, frame: before.tally.lastFrame))
        let isStale =
            contests[index].changes(within: thresholds.changeWindow, at: sighting.time) == 0
        if isStale { contests[index] = Contest(original: before, frame: before.tally.lastFrame) }
        let after = contests[index].change(from: before, to: claim, sighting)
        bindings.update(key, initial: after) { binding, _ in binding = after }
        if after.isUsurped { noteTaking(sighting) }
        sighting.change = BindingChange(
            previous: before.mac, previousFrame: before.tally.lastFrame,
            isReturn: contests[index].lastWasReturn,
            count: contests[index].changes(within: thresholds.changeWindow, at: sighting.time))
    }

    private mutating func noteTaking(_ sighting: Sighting) {
        let key = StationKey(segment: sighting.packet.segment, mac: sighting.packet.sender.mac)
        let (index, _) = stations.findOrInsert(key, Station())
        stations[index].takes(sighting.packet.sender.ip, at: sighting.time)
    }

    /// What the history of a contested address tells about a packet.
    private mutating func describeContest(_ key: AddressKey, _ sighting: inout Sighting) {
        let packet = sighting.packet
        let owner = bindings.owner(key)
        if sighting.isMismatched { sighting.isSourceRival = sighting.knownOwner == packet.source }
        guard let index = contests.find(key), let owner else { return }
        contests[index].keep(owner)
        if sighting.isMismatched, contests[index].place(of: packet.source) != nil {
            sighting.isSourceRival = true
        }
        if sighting.isSourceRival {
            contests[index].update(packet.source) { $0.hasRestored = true }
        }
        let contest = contests[index]
        sighting.hasSiblings = contest.hasSibling(of: packet.sender.mac)
        if sighting.change != nil {
            sighting.suspect = suspect(in: contest, key, at: sighting.time)
        }
    }
}

extension Binding {
    /// Counts the claim that a packet makes.
    fileprivate mutating func add(_ sighting: Sighting) {
        tally.add(
            sighting.form, frame: sighting.frame, time: sighting.time,
            isMismatched: sighting.isMismatched)
    }
}

extension Contest {
    /// Notes that `claim` drove `before` out, and returns the binding that now holds.
    fileprivate mutating func change(
        from before: Binding, to claim: Binding, _ sighting: Sighting
    ) -> Binding {
        keep(before)
        let known = place(of: claim.mac).flatMap { contenders[$0] }
        var after = claim
        if let known {
            after.tally = known.tally
            after.add(sighting)
        }
        after.isUsurped = sighting.explanation == nil && known?.isOriginal != true
        keep(after)
        noteChange(
            at: sighting.time, isAnnounced: sighting.form == .announcement,
            isReturn: known != nil)
        let wearsVirtualMAC = sighting.explanation == nil && claim.mac.isVirtualRouter
        update(claim.mac) { contender in
            if after.isUsurped, !sighting.form.isPrompted { contender.unpromptedTakeovers += 1 }
            if wearsVirtualMAC, !before.mac.isVirtualRouter { contender.wearsVirtualMAC = true }
        }
        return after
    }

    /// Whether one of the contenders is a port of the same machine as `mac`, by its address.
    fileprivate func hasSibling(of mac: MACAddress) -> Bool {
        for index in contenders.indices {
            if let contender = contenders[index], contender.mac.isSibling(of: mac) { return true }
        }
        return false
    }
}

extension MACAddress {
    /// Whether it is of a block that groups of routers share (VRRP, CARP, HSRP).
    fileprivate var isVirtualRouter: Bool {
        bits >> 8 == 0x0000_5E00_01 || bits >> 8 == 0x0000_0C07_AC
    }
}
