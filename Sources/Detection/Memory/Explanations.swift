// SPDX-License-Identifier: Apache-2.0

/// Why an honest station may take an address over.
public enum Explanation: Equatable, Sendable {
    /// A DHCP server gave it the address.
    case lease
    /// It shares the address with other routers and says so.
    case sharedRouter
}

/// A lease that was seen.
struct Lease: Sendable {
    var mac: MACAddress
    var time: Int64
}

/// A move that is to be explained.
struct Move {
    /// The address, and who has it now.
    var pair: AddressPair
    /// Where.
    var segment: Segment
    /// Who had it; nil where nobody is known to.
    var previous: MACAddress?
    /// When that one was last heard to have it.
    var previousTime = Int64.min
    /// Whether that one did nothing but ask everybody in its name, as ports of routers do.
    var hasOnlyAsked = false
    /// When it has moved.
    var time: Int64

    /// Notes who had it.
    mutating func comes(from mac: MACAddress, _ tally: ClaimTally) {
        previous = mac
        previousTime = tally.lastTime
        hasOnlyAsked = tally.onlyAsks
    }
}

/// What DHCP servers and groups of routers have said about who owns an address.
///
/// All of it can be forged. What is believed is what fits to what was heard before: a server that
/// is the network's, an owner that has gone silent, a group that had the address already.
struct Explanations: ~Copyable, Sendable {
    private var leases: BoundedTable<AddressKey, Lease>
    /// When a server was first heard; under the zero address, when any was.
    private var servers: BoundedTable<StationKey, Int64>
    private var groups: BoundedTable<AddressKey, RouterGroup>
    private var silentGroups: BoundedTable<StationKey, RouterGroup>
    private let settings: Settings

    init(_ settings: Settings) {
        let configuration = settings.configuration
        let (countMax, seed) = (configuration.limits.entriesMax, configuration.tableSeed)
        leases = BoundedTable(countMax: countMax, seed: seed)
        servers = BoundedTable(countMax: countMax, seed: seed)
        groups = BoundedTable(countMax: countMax, seed: seed)
        silentGroups = BoundedTable(countMax: countMax, seed: seed)
        self.settings = settings
    }

    private var thresholds: Thresholds { _read { yield settings.configuration.thresholds } }

    /// Notes a lease, if it is believed. What a station says in its own favour counts for
    /// nothing, nor does a frame from elsewhere than where `owner` knows the server to be, nor a
    /// server that turns up beside another one.
    mutating func note(
        _ acknowledgement: DHCPAcknowledgement, at time: Int64,
        owner: (IPv4Address) -> MACAddress?
    ) {
        let server = acknowledgement.server
        let known = owner(acknowledgement.serverAddress) ?? server
        guard server != acknowledgement.lease.mac, server == known,
            isServer(server, in: acknowledgement.segment, at: time)
        else { return }
        let key = AddressKey(segment: acknowledgement.segment, ip: acknowledgement.lease.ip)
        let lease = Lease(mac: acknowledgement.lease.mac, time: time)
        let (index, _) = leases.findOrInsert(key, lease)
        leases[index] = lease
    }

    /// Whether a server is the first of its segment, or was heard long before.
    private mutating func isServer(
        _ server: MACAddress, in segment: Segment, at time: Int64
    ) -> Bool {
        let (any, isFirst) = servers.findOrInsert(
            StationKey(segment: segment, mac: .zero), time)
        let firstTime = servers[any]
        let (index, _) = servers.findOrInsert(StationKey(segment: segment, mac: server), time)
        let since = servers[index]
        return isFirst || since <= firstTime || time.age(of: since) > thresholds.leaseExplains
    }

    /// Notes what a router shares.
    mutating func note(_ advert: RouterAdvert, at time: Int64) {
        let window = thresholds.advertExplains
        for ip in advert.addresses {
            let key = AddressKey(segment: advert.segment, ip: ip)
            let (index, _) = groups.findOrInsert(key, RouterGroup())
            groups[index].note(advert, at: time, within: window)
        }
        if advert.addresses.isEmpty {
            let key = StationKey(segment: advert.segment, mac: advert.virtualMAC)
            let (index, _) = silentGroups.findOrInsert(key, RouterGroup())
            silentGroups[index].note(advert, at: time, within: window)
        }
    }

    /// Whether a lease explains a move: it is fresh, and who had the address was not heard since.
    func isLeased(_ move: Move) -> Bool {
        let lease = leases.value(AddressKey(segment: move.segment, ip: move.pair.ip))
        guard let lease, lease.mac == move.pair.mac else { return false }
        return move.time.isWithin(thresholds.leaseExplains, of: lease.time)
            && (move.previous == nil || move.previousTime <= lease.time)
    }

    /// Whether a group of routers explains a move: one of it says that it is there, and the
    /// address was the group's before; `owner` tells who has a router's own address, and `answerer`
    /// the same of one that was asked for and answered: an announcement makes nobody a router.
    func isAdvertised(
        _ move: Move, owner: (IPv4Address) -> MACAddress?, answerer: (IPv4Address) -> MACAddress?
    ) -> Bool {
        let shared = groups.value(AddressKey(segment: move.segment, ip: move.pair.ip))
        let silent = silentGroups.value(StationKey(segment: move.segment, mac: move.pair.mac))
        for group in [shared, silent] {
            guard let group,
                group.covers(
                    move.pair.mac, at: move.time, within: thresholds.advertExplains, owner: owner)
            else { continue }
            if move.previous == nil || group.knew(move, owner: answerer) { return true }
        }
        return false
    }
}
