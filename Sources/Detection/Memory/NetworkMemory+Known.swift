// SPDX-License-Identifier: Apache-2.0

extension NetworkMemory {
    /// Who is the owner of an address for a detector that begins anew: the station that has it, or
    /// where it was lately disputed the one that was known to have it before the first frame. Of a
    /// dispute that is older than `window` (nanoseconds) nothing is carried on, as it may be that
    /// of a station that was replaced; nor is one over an owner that was only heard here, who may
    /// have been the forger. Whoever is trusted by now has what it took.
    func remembered(
        _ binding: Binding, of key: AddressKey, within window: Int64,
        trusting stations: Set<MACAddress>
    ) -> Binding? {
        func known(_ mac: MACAddress, _ time: Int64, isRemembered: Bool = true) -> Binding {
            Binding(
                mac: mac, tally: ClaimTally(frame: 0, time: time), isRemembered: isRemembered)
        }
        if binding.isSettled || stations.contains(binding.mac) {
            return known(
                binding.mac, binding.tally.lastTime, isRemembered: binding.isMoreThanWhispered)
        }
        guard let dispute = contests.value(key)?.dispute,
            binding.tally.lastTime.age(of: dispute.time) <= window
        else { return nil }
        return known(dispute.owner, dispute.time)
    }

    /// Forgets who had these addresses, who contested them, and what was told about them.
    mutating func forget(_ addresses: Set<IPv4Address>) {
        bindings.forget(addresses)
        contests.removeAll { addresses.contains($0.ip) }
        repetitions.removeAll { addresses.contains($0.claim.ip) }
        insistences.removeAll { addresses.contains($0.claim.ip) }
    }
}
