// SPDX-License-Identifier: Apache-2.0

extension NetworkMemory {
    /// Who is the owner of an address for a detector that begins anew: the station that has it, or
    /// where it was lately disputed the one that was expected to have it. Of a dispute whose owner
    /// has been silent for longer than `window` (nanoseconds) at `time` nothing is carried on, as
    /// it may be that of a station that was replaced, unless it has the address again; nor is one
    /// over an owner that was only heard here, who may have been the forger. Whoever is trusted
    /// anew has what it claimed, and who was trusted before what nobody disputed lately.
    func remembered(
        _ binding: Binding, of key: AddressKey, at time: Int64, within window: Int64,
        trusting stations: Set<MACAddress>, anew: Set<MACAddress>
    ) -> Binding? {
        func known(_ mac: MACAddress, isExpected: Bool = false) -> Binding {
            Binding(
                mac: mac, tally: ClaimTally(frame: 0, time: binding.tally.lastTime),
                isRemembered: true, isExpected: isExpected)
        }
        if binding.isSettled {
            var settled = known(
                binding.mac, isExpected: binding.isExpected || binding.tally.firstAnswers > 0)
            settled.isRemembered = binding.isMoreThanWhispered
            settled.isCarried = binding.isCarried && binding.tally.count == 0
            return settled
        }
        var contest = contests.value(key)
        contest?.hears(binding)
        let dispute = contest?.dispute
        let isRecent = dispute.map { time.age(of: $0.time) <= window } ?? false
        if isRecent, let mac = contest?.claimant(among: anew, holder: binding.mac) {
            return known(mac)
        }
        if binding.mac == dispute?.owner, !binding.isUsurped {
            return known(binding.mac, isExpected: true)
        }
        guard isRecent, let dispute else {
            return stations.contains(binding.mac) ? known(binding.mac) : nil
        }
        return Binding(
            mac: dispute.owner, tally: ClaimTally(frame: 0, time: dispute.time),
            isRemembered: true, isExpected: true, isCarried: true)
    }

    /// Takes in who was known to have an address before the first frame, unless somebody else is
    /// known to. It counts as in use, so that no flood of newcomers drives it out.
    mutating func know(_ owner: Binding, of key: AddressKey) {
        let (place, isNew) = bindings.findOrInsert(key, owner)
        guard isNew || bindings[place].mac == owner.mac else { return }
        bindings.use(place)
        knownAddresses[StationKey(segment: key.segment, mac: owner.mac)] = key.ip
    }

    /// Whether a station was known to have another address than `ip` before the first frame.
    func wasKnown(_ station: StationKey, besides ip: IPv4Address) -> Bool {
        knownAddresses[station].map { $0 != ip } ?? false
    }

    /// Forgets who had these addresses, who contested them, and what was told about them.
    mutating func forget(_ addresses: Set<IPv4Address>) {
        bindings.forget(addresses)
        contests.removeAll { addresses.contains($0.ip) }
        repetitions.removeAll { addresses.contains($0.claim.ip) }
        insistences.removeAll { addresses.contains($0.claim.ip) }
    }
}
