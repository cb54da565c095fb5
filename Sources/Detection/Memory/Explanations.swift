// SPDX-License-Identifier: Apache-2.0

/// Why an honest station may take an address over.
public enum Explanation: Equatable, Sendable {
    /// A DHCP server gave it the address.
    case lease
    /// It shares the address with other routers and says so.
    case sharedRouter
}

/// A lease that was seen.
private struct Lease: Sendable {
    var mac: MACAddress
    var time: Int64
}

/// The routers that advertise one address, or one virtual hardware address.
private struct RouterGroup: Sendable {
    /// How many routers of a group are remembered.
    static let routersMax = 4

    struct Router: Sendable {
        var source: MACAddress
        var address: IPv4Address
        var virtualMAC: MACAddress
        var time: Int64
    }

    private(set) var routers: [4 of Router?] = .init(repeating: nil)

    mutating func note(_ router: Router) {
        var place = 0
        for index in routers.indices {
            guard let known = routers[index] else {
                place = index
                break
            }
            if known.source == router.source {
                place = index
                break
            }
            if known.time < routers[place]?.time ?? .min { place = index }
        }
        routers[place] = router
    }
}

/// What DHCP servers and groups of routers have said about who owns an address.
struct Explanations: Sendable {
    private var leases: BoundedTable<AddressKey, Lease>
    private var groups: BoundedTable<AddressKey, RouterGroup>
    private var silentGroups: BoundedTable<StationKey, RouterGroup>

    init(limits: DetectionLimits, seed: UInt64) {
        leases = BoundedTable(countMax: limits.entriesMax, seed: seed)
        groups = BoundedTable(countMax: limits.entriesMax, seed: seed)
        silentGroups = BoundedTable(countMax: limits.entriesMax, seed: seed)
    }

    /// Notes a lease. What a station says in its own favour counts for nothing.
    mutating func note(_ acknowledgement: DHCPAcknowledgement, at time: Int64) {
        guard acknowledgement.server != acknowledgement.lease.mac else { return }
        let key = AddressKey(segment: acknowledgement.segment, ip: acknowledgement.lease.ip)
        let lease = Lease(mac: acknowledgement.lease.mac, time: time)
        let (index, _) = leases.findOrInsert(key, lease)
        leases[index] = lease
    }

    /// Notes what a router shares.
    mutating func note(_ advert: RouterAdvert, at time: Int64) {
        let router = RouterGroup.Router(
            source: advert.source, address: advert.router, virtualMAC: advert.virtualMAC,
            time: time)
        for ip in advert.addresses {
            let key = AddressKey(segment: advert.segment, ip: ip)
            let (index, _) = groups.findOrInsert(key, RouterGroup())
            groups[index].note(router)
        }
        if advert.addresses.isEmpty {
            let key = StationKey(segment: advert.segment, mac: advert.virtualMAC)
            let (index, _) = silentGroups.findOrInsert(key, RouterGroup())
            silentGroups[index].note(router)
        }
    }

    /// Whether `pair` was leased lately.
    func isLeased(_ pair: AddressPair, in segment: Segment, at time: Int64, within: Int64) -> Bool {
        let lease = leases.value(AddressKey(segment: segment, ip: pair.ip))
        guard let lease, lease.mac == pair.mac else { return false }
        return time.age(of: lease.time) <= within
    }

    /// Whether a router advertises `pair`. A router may use its port's address as well as the
    /// virtual one; `owner` tells who has the router's own address.
    func isAdvertised(
        _ pair: AddressPair, in segment: Segment, at time: Int64, within: Int64,
        owner: (IPv4Address) -> MACAddress?
    ) -> Bool {
        let shared = groups.value(AddressKey(segment: segment, ip: pair.ip))
        let silent = silentGroups.value(StationKey(segment: segment, mac: pair.mac))
        for group in [shared, silent] {
            guard let group else { continue }
            for index in group.routers.indices {
                guard let router = group.routers[index], time.age(of: router.time) <= within
                else { continue }
                if router.source == pair.mac || router.virtualMAC == pair.mac { return true }
                if owner(router.address) == pair.mac { return true }
            }
        }
        return false
    }
}
