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
        _ = memory.bindings.findOrInsert(key, Binding(mac: binding.pair.mac, tally: tally))
    }

    /// Hands what is known to `body`, in no order that means anything. What is claimed by
    /// several stations, or was taken from one without an explanation, is left out: a forger's
    /// claim must not outlive the run.
    public func forEachSettledBinding(_ body: (KnownBinding) -> Void) {
        memory.bindings.forEach { key, binding in
            guard binding.isSettled else { return }
            body(
                KnownBinding(
                    vlans: key.segment.vlans, pair: AddressPair(mac: binding.mac, ip: key.ip),
                    lastSeen: binding.tally.lastTime))
        }
    }

    /// Who has an address in the untagged network; nil while several stations claim it, or one
    /// took it and nothing explains that.
    public func settledOwner(of ip: IPv4Address) -> MACAddress? {
        guard let place = memory.bindings.peek(AddressKey(segment: Segment(), ip: ip)) else {
            return nil
        }
        let binding = memory.bindings[place]
        return binding.isSettled ? binding.mac : nil
    }

    /// Who last claimed an address in the untagged network.
    public func owner(of ip: IPv4Address) -> MACAddress? {
        memory.bindings.owner(AddressKey(segment: Segment(), ip: ip))
    }
}
