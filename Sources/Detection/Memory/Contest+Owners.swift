// SPDX-License-Identifier: Apache-2.0

/// How an address that several stations claim changes its owner.
extension Contest {
    /// The frame that begins the contest: in which the first owner was last heard before, or where
    /// it was known before the first frame, the first claim of another station.
    var firstKnownFrame: UInt64 {
        if firstFrame > 0 { return firstFrame }
        var first = UInt64.max
        for index in contenders.indices {
            guard let contender = contenders[index], !contender.isOriginal else { continue }
            first = min(first, contender.tally.firstFrame)
        }
        return first
    }

    /// Whether one of the contenders wears a virtual router's address.
    var hasVirtualRouter: Bool {
        for index in contenders.indices where contenders[index]?.mac.isVirtualRouter == true {
            return true
        }
        return false
    }

    /// Whether who had the address first never was the first to answer everybody, nor asked
    /// everybody in its name: a forger that a capture begins with does neither.
    var hasOnlyWhisperers: Bool {
        guard let tally = original.flatMap({ contender($0) })?.tally else { return false }
        return Swift.max(promptedBefore, tally.firstAnswers) &+ tally.asked == 0
    }

    /// Whether another one than `mac` was the first to answer everybody, several times, and tells
    /// nobody unasked.
    func hasAnswerer(besides mac: MACAddress) -> Bool {
        contenders.indices.contains { index in
            guard let other = contenders[index], other.mac != mac else { return false }
            return other.tally.firstAnswers >= Self.answersOfOwner && other.tally.unsolicited == 0
        }
    }

    /// How often everybody was answered at least by one that has an address, as far as is told of
    /// one who says otherwise.
    private static let answersOfOwner: UInt32 = 3

    /// Whether frames of others spoke for a contender as forgers do: nobody forges what an owner
    /// says anyway, and ports of a virtual router speak for it.
    func isForgedFor(_ contender: Contender) -> Bool {
        contender.tally.isMismatched && !isOwnerByItself(contender)
            && !(contender.mac.isVirtualRouter && hasOneTeller(\.onlyAsksItself)
                && !contender.isSpokenForByOthers)
    }

    /// How often a contender told one station, unasked; an owner by itself, in whose name anybody
    /// can.
    func unsolicited(by contender: Contender) -> UInt32 {
        isOwnerByItself(contender) ? contender.tally.ownUnsolicited : contender.tally.unsolicited
    }

    /// How often a contender told one station, unasked, by its own word: who had the address first
    /// and behaves as owners do is not to blame for what others say in its name, unless it says
    /// more itself: a forger that is heard before the owner would wear a source now and then.
    func ownUnsolicited(by contender: Contender) -> UInt32 {
        let own = contender.tally.ownUnsolicited
        let isMostlyOthers = own <= contender.tally.unsolicited / 2
        return contender.isOwner && isMostlyOthers ? own : unsolicited(by: contender)
    }

    /// Whether a contender is the owner, whatever others say in its name: it had the address first,
    /// answered, and nobody else was as often the first to answer. Who asks everybody once, as a
    /// forger may before the owner is heard, need not be, unless nobody whispers for it: stations
    /// behind a repeater ask so.
    private func isOwnerByItself(_ contender: Contender) -> Bool {
        guard contender.isOriginal else { return false }
        let tally = contender.tally
        // Where somebody whispers, who asks or answers after the owner may be a forger.
        let open = tally.unsolicited == 0 ? tally.rivalAnswers &+ tally.asked : 0
        let own = Swift.max(promptedBefore, tally.firstAnswers) &+ open
        guard own > 0 else { return false }
        return contenders.indices.allSatisfy { index in
            guard let other = contenders[index], other.mac != contender.mac else { return true }
            return other.tally.firstAnswers < own
        }
    }

    /// Whether the source of a frame that names another station, `sender`, is a forger that was
    /// heard first, as at the start of a capture in the middle of an attack: what it whispered
    /// passed for answers once or twice, but nobody heard it answer or ask everybody; or the other
    /// one does so, and more often than it.
    private func isForger(_ source: Contender, speakingFor sender: Contender?) -> Bool {
        let (tally, other) = (source.tally, sender?.tally)
        let whispersMore = tally.ownUnsolicited > tally.prompted
        let answers =
            whispersMore
            ? tally.firstAnswers : Swift.max(promptedBefore, tally.firstAnswers)
        let own = answers &+ tally.asked
        guard own == 0 else {
            return other?.hasAnsweredItself == true && other?.firstAnswers ?? 0 > own
        }
        let isOtherHeard = other.map { $0.firstAnswers &+ $0.asked > 0 } ?? false
        return isOtherHeard || whispersMore && tally.ownUnsolicited >= Self.forgersWhispers
    }

    /// How often a forger whispers at least until it is taken for one: an owner does so once or
    /// twice where a capture lacks questions.
    private static let forgersWhispers: UInt32 = 3

    /// Whether a contender may be a port of the virtual router for which it speaks: ports answer
    /// for it from their own source (RFC 5798, section 8.1.2), and only ask under that.
    private func isPort(_ contender: Contender, of sender: Contender?) -> Bool {
        guard let sender, sender.mac.isVirtualRouter else { return false }
        return contender.tally.onlyAsks && !sender.tally.hasAnsweredItself
    }

    /// Whether a packet is what a virtual router answers through its port: its own word.
    private func isAnswerOfPort(_ sighting: Sighting) -> Bool {
        guard sighting.form.isPrompted, let port = contender(sighting.packet.source)
        else { return false }
        return isPort(port, of: contender(sighting.packet.sender.mac))
    }

    /// What the history tells about a frame's source that is not the packet's sender.
    mutating func describeSource(_ sighting: inout Sighting, mayBeWorn: Bool) {
        let packet = sighting.packet
        let sender = contender(packet.sender.mac)
        let source = contender(packet.source)
        // A port or its router is heard first: else another one was there before both.
        let isPortsPair = source?.isOriginal == true || sender?.isOriginal == true
        if !sighting.form.isPrompted, !isPortsPair || source?.onlyAsksItself != true {
            update(packet.sender.mac) { $0.isSpokenForByOthers = true }
        }
        if !sighting.form.isPrompted {
            let isKnown = sighting.isSourceKnown || sighting.isSourceTrusted
            update(packet.sender.mac) { $0.isSpokenForByKnown = isKnown }
        }
        if let source {
            let isOwner = source.isOwner && !isForger(source, speakingFor: sender)
            sighting.isSourceWorn = isOwner
            let isRival = source.isOriginal ? !isOwner : sender?.isOriginal == true
            sighting.isSourceRival = isRival && !isPort(source, of: sender)
        } else {
            sighting.isSourceWorn = mayBeWorn && sender?.isOwner != true
        }
        if sighting.speaker != packet.sender.mac {
            update(packet.sender.mac) { $0.spokesman = packet.source }
        }
        if sighting.isSourceRival {
            update(packet.source) { $0.hasRestored = true }
        }
    }

    /// The binding that holds again where a packet comes from a station that took the address and
    /// names its first owner, as poisoners do that clean up (R1); nil where it does not. The owner
    /// has said nothing, and nobody is told of a move; whoever takes it again has moved it once
    /// more.
    mutating func ownerPutBack(
        by sighting: Sighting, from before: Binding
    ) -> Binding? {
        let packet = sighting.packet
        keep(before)
        let (source, sender) = (packet.source, packet.sender.mac)
        guard source != sender, !source.isSibling(of: sender),
            contender(source)?.isOriginal == false, let owner = contender(sender), owner.isOriginal,
            !isAnswerOfPort(sighting)
        else { return nil }
        var binding = Binding(mac: owner.mac, tally: owner.tally)
        binding.isContested = true
        notePutBack(at: sighting.time)
        return binding
    }

    /// Notes that `claim` drove `before` out, and returns the binding that now holds.
    /// `lacksAdverts` tells whether routers that advertise would have been heard.
    mutating func change(
        from before: Binding, to claim: Binding, _ sighting: Sighting, lacksAdverts: Bool
    ) -> Binding {
        keep(before)
        let onlyAsked = contender(before.mac)?.onlyAsksItself == true
        let known = contender(claim.mac)
        var after = claim
        if let known {
            after.tally = known.tally
            after.add(sighting)
        }
        after.isUsurped = sighting.explanation == nil && known?.isOriginal != true
        keep(after)
        let isToMany = sighting.form == .question && sighting.packet.isToMany
        noteChange(
            at: sighting.time, isAnnounced: sighting.form == .announcement || isToMany,
            isReturn: known != nil, isToOriginal: known?.isOriginal == true)
        // A router's port asks in the name of the address that the virtual one answers for. The
        // one that had the address first is back.
        let wearsVirtualMAC =
            lacksAdverts && sighting.explanation == nil && claim.mac.isVirtualRouter
            && !onlyAsked && known?.isOriginal != true
        update(claim.mac) { contender in
            if !sighting.form.isPrompted {
                if after.isUsurped { contender.unpromptedTakeovers &+= 1 }
                if contender.isOriginal { contender.unpromptedReturns &+= 1 }
            }
            if wearsVirtualMAC, !before.mac.isVirtualRouter { contender.wearsVirtualMAC = true }
        }
        return after
    }

    /// Notes when the owner that is expected last spoke, if a binding is its: a dispute is as old
    /// as its last word, as a station that was replaced is silent for good.
    mutating func hears(_ binding: Binding) {
        guard let last = dispute, binding.mac == last.owner, binding.tally.count > 0 else { return }
        dispute = Dispute(owner: last.owner, time: max(last.time, binding.tally.lastTime))
    }

    /// Whether one who had the address first is a port of the same machine as `mac`, or `mac` is
    /// of one that another contender may be a port of, by their addresses.
    func hasSibling(of mac: MACAddress) -> Bool {
        let isOriginal = place(of: mac).flatMap { contenders[$0]?.isOriginal } ?? false
        for index in contenders.indices {
            guard let contender = contenders[index], contender.isOriginal || isOriginal
            else { continue }
            if contender.mac.isSibling(of: mac) { return true }
        }
        return false
    }
}

extension MACAddress {
    /// Whether it is of a block that groups of routers share: VRRP and CARP, HSRP 1 and 2, GLBP.
    var isVirtualRouter: Bool {
        bits >> 8 == 0x0000_5E00_01 || bits >> 8 == 0x0000_0C07_AC
            || bits >> 12 == 0x0_0000_C9FF || bits >> 24 == 0x0007_B4
    }
}
