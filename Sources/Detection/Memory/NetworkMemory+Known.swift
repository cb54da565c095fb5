// SPDX-License-Identifier: Apache-2.0

extension NetworkMemory {
    /// Takes in whom a finding accuses of having an address: its owner is not known while one of
    /// them has it.
    mutating func noteAccused(by finding: Finding, _ sighting: Sighting) {
        guard let accused = finding.accused, let claim = finding.claim else { return }
        var stations = [accused]
        // Who is spoken for is not accused: the owner, where a poisoner cleans up.
        if finding.rule != .speaksForMany, !sighting.isSourceRival { stations.append(claim.mac) }
        let segment = sighting.packet.segment
        for mac in stations {
            accuse(mac, of: AddressKey(segment: segment, ip: claim.ip))
            if finding.rule == .betweenTwo, let other = finding.other {
                accuse(mac, of: AddressKey(segment: segment, ip: other))
            }
        }
    }

    private mutating func accuse(_ mac: MACAddress, of key: AddressKey) {
        if let place = bindings.peek(key), bindings[place].mac == mac {
            bindings.update(place) { $0.isAccused = true }
        }
        if let index = contests.peek(key), contests[index].formerOwner?.mac == mac {
            contests[index].formerOwner?.isAccused = true
        }
    }

    /// Who is the owner of an address for a detector that begins anew: the station that has it, or
    /// where it is contested the one that had it before. That one is expected no more once it was
    /// silent for `window` while another one, whom nobody accuses, had the address; the gateway
    /// always is.
    func remembered(
        _ binding: Binding, of key: AddressKey, within window: Int64, isGateway: Bool
    ) -> Binding? {
        if binding.isSettled {
            return Binding(
                mac: binding.mac, tally: ClaimTally(frame: 0, time: binding.tally.lastTime),
                isRemembered: binding.isMoreThanWhispered, isAccused: binding.isAccused)
        }
        guard let contest = contests.value(key), let owner = contest.formerOwner,
            let time = contest.formerOwnerTime
        else { return nil }
        let isGone = binding.tally.lastTime.age(of: time) > window
        if isGone, !isGateway, !binding.isAccused { return nil }
        return Binding(
            mac: owner.mac, tally: ClaimTally(frame: 0, time: time), isRemembered: true,
            isAccused: owner.isAccused)
    }

    /// Forgets who had these addresses, who contested them, and what was told about them.
    mutating func forget(_ addresses: Set<IPv4Address>) {
        bindings.forget(addresses)
        contests.removeAll { addresses.contains($0.ip) }
        repetitions.removeAll { addresses.contains($0.claim.ip) }
        insistences.removeAll { addresses.contains($0.claim.ip) }
    }
}
