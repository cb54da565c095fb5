// SPDX-License-Identifier: Apache-2.0

/// The addresses that one station asked for a short while ago.
struct Scan: Sendable {
    /// How many addresses are told apart.
    static let addressesMax = 64

    private var addresses: [64 of UInt32] = .init(repeating: 0)
    private(set) var count = 0
    private(set) var since: Int64

    init(since: Int64) {
        self.since = since
    }

    /// Notes a question for `ip`, and returns how many addresses were asked for in the window.
    mutating func asks(for ip: IPv4Address, at time: Int64, within window: Int64) -> Int {
        if time.age(of: since) > window {
            count = 0
            since = time
        }
        for index in 0..<count where addresses[index] == ip.bits { return count }
        if count < Self.addressesMax {
            addresses[count] = ip.bits
            count += 1
        }
        return count
    }
}

/// A few of the addresses that are counted in a station's ``Scan``, to look at first.
struct RecentlyAsked: Sendable {
    private var addresses: [8 of UInt32] = .init(repeating: 0)
    private var since: Int64 = .min
    private var count: UInt32 = 0

    /// How many addresses were asked for, when `ip` is one that was counted in this window.
    @inline(always)
    func count(with ip: IPv4Address, at time: Int64, within window: Int64) -> Int? {
        guard addresses[Self.place(ip)] == ip.bits, time.age(of: since) <= window else {
            return nil
        }
        return Int(count)
    }

    /// Notes that `ip` is counted in the window that began at `since`.
    mutating func note(_ ip: IPv4Address, count: Int, since: Int64) {
        if since != self.since {
            addresses = .init(repeating: 0)
            self.since = since
        }
        addresses[Self.place(ip)] = ip.bits
        self.count = UInt32(count)
    }

    private static func place(_ ip: IPv4Address) -> Int {
        Int(truncatingIfNeeded: (ip.bits &* 0x9E37_79B1) >> 29)
    }
}
