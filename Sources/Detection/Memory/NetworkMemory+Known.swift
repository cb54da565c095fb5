// SPDX-License-Identifier: Apache-2.0

extension NetworkMemory {
    /// Who is the owner of an address for a detector that begins anew: the station that has it, or
    /// where it was lately disputed the one that was expected to have it. Of a dispute that is
    /// older than `window` (nanoseconds) nothing is carried on, as it may be that of a station that
    /// was replaced; nor is one over an owner that was only heard here, who may have been the
    /// forger. Whoever is trusted by now has what it claimed.
    func remembered(
        _ binding: Binding, of key: AddressKey, within window: Int64,
        trusting stations: Set<MACAddress>
    ) -> Binding? {
        let contest = binding.isContested ? contests.value(key) : nil
        if let mac = contest?.claimant(among: stations, holder: binding.mac) {
            let tally = ClaimTally(frame: 0, time: binding.tally.lastTime)
            return Binding(mac: mac, tally: tally, isRemembered: true)
        }
        if binding.isSettled {
            var settled = Binding(
                mac: binding.mac, tally: ClaimTally(frame: 0, time: binding.tally.lastTime),
                isRemembered: binding.isMoreThanWhispered)
            settled.isExpected = binding.isExpected || binding.tally.firstAnswers > 0
            settled.isCarried = binding.isCarried && binding.tally.count == 0
            return settled
        }
        guard let dispute = contest?.dispute,
            binding.tally.lastTime.age(of: dispute.time) <= window
        else { return nil }
        return Binding(
            mac: dispute.owner, tally: ClaimTally(frame: 0, time: dispute.time),
            isRemembered: true, isExpected: true, isCarried: true)
    }

    /// Forgets who had these addresses, who contested them, and what was told about them.
    mutating func forget(_ addresses: Set<IPv4Address>) {
        bindings.forget(addresses)
        contests.removeAll { addresses.contains($0.ip) }
        repetitions.removeAll { addresses.contains($0.claim.ip) }
        insistences.removeAll { addresses.contains($0.claim.ip) }
    }
}
