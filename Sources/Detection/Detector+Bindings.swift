// SPDX-License-Identifier: Apache-2.0

/// Who has an address, as far as detection knows.
public struct KnownBinding: Hashable, Sendable {
    /// Where.
    public let vlans: VLANStack
    /// The address and its station.
    public let pair: AddressPair
    /// When the station was last heard to have it: nanoseconds since 1970.
    public let lastSeen: Int64

    /// The binding that these say.
    public init(vlans: VLANStack = VLANStack(), pair: AddressPair, lastSeen: Int64) {
        self.vlans = vlans
        self.pair = pair
        self.lastSeen = lastSeen
    }
}

extension Detector {
    /// Takes in what was known before the first frame: from an earlier run, or the kernel's own
    /// table. Where something is known of the address already, that stays; a declared binding
    /// stands above what anybody remembers.
    public mutating func remember(_ binding: KnownBinding) {
        guard binding.pair.mac.isUnicast, binding.pair.ip != .unspecified,
            !configuration.contradicts(binding.pair)
        else { return }
        let key = AddressKey(segment: Segment(vlans: binding.vlans), ip: binding.pair.ip)
        let tally = ClaimTally(frame: 0, time: binding.lastSeen)
        memory.know(
            Binding(mac: binding.pair.mac, tally: tally, isRemembered: true, isExpected: true),
            of: key)
    }

    /// For how long a dispute of an address has its former owner expected by a detector that begins
    /// anew, in nanoseconds.
    public static let disputeNanoseconds: Int64 = 3_600_000_000_000

    /// Takes over what another detector knew of owners, before the first frame. An address that was
    /// disputed within ``disputeNanoseconds`` is that of whom it was before, if that one was known
    /// before that detector's first frame. `time` is now, as frames' times are given.
    public mutating func inheritOwners(of former: borrowing Detector, at time: Int64) {
        let stations = configuration.trustedStations
        let anew = stations.subtracting(former.everTrusted)
        everTrusted.formUnion(former.everTrusted)
        former.memory.bindings.forEach { key, binding in
            guard
                let owner = former.memory.remembered(
                    binding, of: key, at: time, within: Self.disputeNanoseconds,
                    trusting: stations, anew: anew),
                !configuration.contradicts(AddressPair(mac: owner.mac, ip: key.ip))
            else { return }
            memory.know(owner, of: key)
        }
    }

    /// Forgets who had these addresses, who contested them and what was reported of them: whoever
    /// is heard next is the owner. All else stays.
    public mutating func forget(_ addresses: Set<IPv4Address>) {
        memory.forget(addresses)
        folder.forget(addresses)
    }

    /// Hands what is known to `body`, in no order that means anything. What is claimed by
    /// several stations, was taken from one without an explanation, or was only told to single
    /// stations unasked, is left out: a forger's claim must not outlive the run.
    public func forEachSettledBinding(_ body: (KnownBinding) -> Void) {
        memory.bindings.forEach { key, binding in
            guard binding.isCredible else { return }
            body(
                KnownBinding(
                    vlans: key.segment.vlans, pair: AddressPair(mac: binding.mac, ip: key.ip),
                    lastSeen: binding.tally.lastTime))
        }
    }

    /// Who has an address in the untagged network, as far as that would be handed to
    /// ``forEachSettledBinding(_:)``.
    public func settledOwner(of ip: IPv4Address) -> MACAddress? {
        guard let binding = binding(of: ip), binding.isCredible else { return nil }
        return binding.mac
    }

    /// Whether several stations claim an address of the untagged network, or one took it and
    /// nothing explains that.
    public func isDisputed(_ ip: IPv4Address) -> Bool {
        binding(of: ip).map { !$0.isSettled } ?? false
    }

    private func binding(of ip: IPv4Address) -> Binding? {
        memory.bindings.peek(AddressKey(segment: Segment(), ip: ip)).map { memory.bindings[$0] }
    }

    /// Who last claimed an address in the untagged network.
    public func owner(of ip: IPv4Address) -> MACAddress? {
        memory.bindings.owner(AddressKey(segment: Segment(), ip: ip))
    }
}
