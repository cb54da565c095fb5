// SPDX-License-Identifier: Apache-2.0

extension NetworkMemory {
    /// Takes a packet in that no rule can have anything to say about, and says that it did.
    ///
    /// Nearly all traffic is like that: a known station speaks for its one address, which is
    /// known to be its. The same packet through the other path would leave the same memory and
    /// give no finding; a test compares the two.
    mutating func isRoutine(
        _ packet: ARPPacket, _ form: ClaimForm, stationAt index: Int, _ place: BindingTable.Place,
        frame: UInt64, time: Int64
    ) -> Bool {
        let sender = packet.sender
        guard sender.mac == packet.source, sender.ip != .unspecified, sender.mac.isUnicast,
            form == .question || form == .answer || form == .announcement,
            stations[index].speaksOnly(for: sender.ip),
            form != .question || stations[index].lastTaken?.ip != packet.target.ip,
            configuration.staticBindings.isEmpty
        else { return false }
        guard bindings[place].mac == sender.mac, !bindings[place].isUsurped else { return false }
        bindings.use(place)
        bindings.update(place) {
            $0.tally.add(form, frame: frame, time: time, isMismatched: false)
        }
        stations[index].uses(sender.ip, at: time, isAnswer: form == .answer)
        if packet.target.ip != sender.ip, packet.target.ip != .unspecified {
            let isUnasked = packet.isUnasked(form, contests)
            stations[index].tells(
                ToldPair(
                    claimed: sender.ip, listener: packet.target.ip, time: time, frame: frame,
                    isUnasked: isUnasked))
        }
        return true
    }
}
