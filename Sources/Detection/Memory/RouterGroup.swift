// SPDX-License-Identifier: Apache-2.0

/// The routers that advertise one address, or one virtual hardware address.
///
/// One of a group advertises at a time, and another one only when it has gone silent or gives way
/// (RFC 5798, section 6.4; RFC 2281). Who advertises while the reigning router goes on is a second
/// master: it explains nothing.
struct RouterGroup: Sendable {
    /// How many words of the reigning router a newcomer may hear: the one that was on its way.
    private static let objectionsMax: UInt8 = 1

    struct Router: Sendable {
        let source: MACAddress
        let address: IPv4Address
        let virtualMAC: MACAddress
        var time: Int64
        /// How long before that it was heard.
        var pause = Int64.max
        /// How often the reigning router was heard since this one came.
        var objections: UInt8 = 0

        init(_ advert: RouterAdvert, at time: Int64) {
            source = advert.source
            address = advert.router
            virtualMAC = advert.virtualMAC
            self.time = time
        }

        fileprivate func isSame(as other: Router) -> Bool {
            source == other.source && address == other.address
        }

        /// Whether it may use `mac`: the group's, that of its frames, or that of its port, where
        /// its frames wear the group's. `port` tells who has the router's own address; who that
        /// is may be `unknown`.
        fileprivate func uses(
            _ mac: MACAddress, unknown: Bool = false, port: (IPv4Address) -> MACAddress?
        ) -> Bool {
            if source == mac || virtualMAC.isShared(with: mac) { return true }
            guard virtualMAC.isShared(with: source) else { return false }
            return port(address).map { $0 == mac } ?? unknown
        }
    }

    private var routers: [4 of Router?] = .init(repeating: nil)
    private var reigning = 0

    /// Takes in what a router says; `window` is how long it counts.
    mutating func note(_ advert: RouterAdvert, at time: Int64, within window: Int64) {
        let word = Router(advert, at: time)
        let place = place(of: word)
        if let known = routers[place], known.isSame(as: word), time.isWithin(window, of: known.time)
        {
            routers[place]?.pause = time.age(of: known.time)
            routers[place]?.time = time
        } else {
            routers[place] = word
        }
        guard let reign = routers[reigning], place != reigning else {
            if place == reigning { object(at: time, within: window) }
            return
        }
        if !time.isWithin(window, of: reign.time) {
            reigning = place
        } else if reign.pause < .max, time.age(of: reign.time) / 5 * 2 > reign.pause {
            // It missed two of its turns.
            routers[place]?.objections = 0
        }
    }

    /// The reigning router spoke: whoever claims to be it in the meantime heard that.
    private mutating func object(at time: Int64, within window: Int64) {
        routers[reigning]?.objections = 0
        for index in routers.indices where index != reigning {
            guard let other = routers[index], time.isWithin(window, of: other.time) else {
                continue
            }
            if other.objections < .max { routers[index]?.objections += 1 }
        }
    }

    /// Where a router is, or else an empty place, or else the place of the one silent longest.
    private func place(of word: Router) -> Int {
        var place = 0
        for index in routers.indices {
            guard let known = routers[index] else { return index }
            if known.isSame(as: word) { return index }
            if known.time < routers[place]?.time ?? .min { place = index }
        }
        return place
    }

    /// Whether one of its routers said within `window` that it is there, and may use `mac`.
    func covers(
        _ mac: MACAddress, at time: Int64, within window: Int64,
        owner: (IPv4Address) -> MACAddress?
    ) -> Bool {
        for index in routers.indices {
            guard let router = routers[index], time.isWithin(window, of: router.time),
                router.objections <= Self.objectionsMax
            else { continue }
            if router.uses(mac, port: owner) { return true }
        }
        return false
    }

    /// Whether one of its routers, however long ago it was heard, may be the one that had the
    /// address before. Who had it is not shown to be a router by having it, nor is one whose port
    /// is unknown, unless that one only asked in the address's name.
    func knew(_ move: Move, owner: (IPv4Address) -> MACAddress?) -> Bool {
        guard let previous = move.previous else { return false }
        for index in routers.indices {
            guard let router = routers[index] else { continue }
            let isKnown = router.uses(previous, unknown: move.hasOnlyAsked) {
                $0 == move.pair.ip ? nil : owner($0)
            }
            if isKnown { return true }
        }
        return false
    }
}

extension MACAddress {
    /// Whether it is a virtual router's address that may stand for `other`: the same one, or
    /// another forwarder of the same group (GLBP).
    fileprivate func isShared(with other: MACAddress) -> Bool {
        self == other || isOfBalancingGroup && isSibling(of: other)
    }

    /// Whether it is of the block whose last octet tells the forwarders of one group apart.
    private var isOfBalancingGroup: Bool { bits >> 24 == 0x0007_B4 }
}
