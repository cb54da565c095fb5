// SPDX-License-Identifier: Apache-2.0

extension NetworkMemory {
    /// Who is the owner of an address for a detector that begins anew: the station that has it, or
    /// where it was lately disputed the one that had it before. Where that one had only whispered
    /// it, it is the one that has it now and behaves as owners do. Of a dispute that is older than
    /// `window` (nanoseconds) nothing is carried on: it may be that of a station that was replaced.
    func remembered(
        _ binding: Binding, of key: AddressKey, within window: Int64
    ) -> Binding? {
        func known(_ mac: MACAddress, _ time: Int64, isRemembered: Bool = true) -> Binding {
            Binding(
                mac: mac, tally: ClaimTally(frame: 0, time: time), isRemembered: isRemembered)
        }
        if binding.isSettled {
            return known(
                binding.mac, binding.tally.lastTime, isRemembered: binding.isMoreThanWhispered)
        }
        guard let dispute = contests.value(key)?.dispute,
            binding.tally.lastTime.age(of: dispute.time) <= window
        else { return nil }
        switch dispute.owner {
        case .known(let mac): return known(mac, dispute.time)
        case .whisperer where binding.tally.isOwners: return known(binding.mac, dispute.time)
        case .whisperer, .unknown: return nil
        }
    }

    /// Forgets who had these addresses, who contested them, and what was told about them.
    mutating func forget(_ addresses: Set<IPv4Address>) {
        bindings.forget(addresses)
        contests.removeAll { addresses.contains($0.ip) }
        repetitions.removeAll { addresses.contains($0.claim.ip) }
        insistences.removeAll { addresses.contains($0.claim.ip) }
    }
}
