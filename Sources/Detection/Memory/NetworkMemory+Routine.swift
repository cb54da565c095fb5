// SPDX-License-Identifier: Apache-2.0

extension NetworkMemory {
    /// Takes a packet in that no rule can have anything to say about, and says that it did.
    ///
    /// Nearly all traffic is like that: a known station speaks for its one address, which is
    /// known to be its. The same packet through the other path would leave the same memory and
    /// give no finding; a test compares the two.
    mutating func isRoutine(
        _ packet: ARPPacket, _ form: ClaimForm, isAskedAgain: Bool, stationAt index: Int,
        _ place: BindingTable.Place, frame: UInt64, time: Int64
    ) -> Bool {
        let sender = packet.sender
        guard sender.mac == packet.source, sender.ip != .unspecified, sender.mac.isUnicast,
            form == .question || form.isAnswer || form == .announcement,
            isOrdinary(stationAt: index, packet, form),
            configuration.staticBindings.isEmpty,
            !(isAskedAgain || form == .answerToOne || form == .announcement)
                || !bindings[place].isContested,
            bindings.hears(packet, form, frame: frame, time: time, at: place)
        else { return false }
        stations[index].speaks(packet, form, frame: frame, time: time)
        return true
    }
}

extension NetworkMemory {
    /// Whether a packet's sender speaks for one address alone, and asks for none that it took.
    @inline(__always)
    private func isOrdinary(
        stationAt index: Int, _ packet: ARPPacket, _ form: ClaimForm
    ) -> Bool {
        stations.read(index) { station in
            station.speaksOnly(for: packet.sender.ip)
                && (form != .question || !station.tookLast(packet.target.ip))
        }
    }
}

extension BindingTable {
    /// Counts one more claim of the owner at a place; `false` where the packet's sender is not the
    /// owner, or not beyond doubt.
    @inline(__always)
    fileprivate mutating func hears(
        _ packet: ARPPacket, _ form: ClaimForm, frame: UInt64, time: Int64, at place: Place
    ) -> Bool {
        let isOwner = update(place) { binding in
            if binding.mac != packet.sender.mac || binding.isUsurped { return false }
            binding.tally.add(
                form, isToMany: packet.isToMany, frame: frame, time: time, isMismatched: false,
                isHolders: true)
            return true
        }
        if isOwner { use(place) }
        return isOwner
    }
}

extension Station {
    /// Notes a claim for the only address that it speaks for.
    @inline(__always)
    fileprivate mutating func speaks(
        _ packet: ARPPacket, _ form: ClaimForm, frame: UInt64, time: Int64
    ) {
        uses(packet.sender.ip, at: time, isAnswer: form.isAnswer)
        guard packet.target.ip != packet.sender.ip, packet.target.ip != .unspecified
        else { return }
        tells(ToldPair(packet, form, time: time, frame: frame))
    }
}
