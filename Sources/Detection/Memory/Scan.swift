// SPDX-License-Identifier: Apache-2.0

/// The addresses that one station asked for a short while ago, where they are many.
struct Scan: Sendable {
    /// How many addresses are told apart.
    static let addressesMax = 64

    private var addresses: [64 of UInt32] = .init(repeating: 0)
    private(set) var count = 0
    private var since = Int64.min

    /// Notes a question for `ip` beside those of `few`, and returns how many addresses were asked
    /// for in the window of those.
    mutating func asks(for ip: IPv4Address, besides few: RecentlyAsked) -> Int {
        if few.since != since {
            for index in few.addresses.indices { addresses[index] = few.addresses[index] }
            count = few.addresses.count
            since = few.since
        }
        for index in 0..<count where addresses[index] == ip.bits { return count }
        if count < Self.addressesMax {
            addresses[count] = ip.bits
            count += 1
        }
        return count
    }
}

/// The first few addresses that a station asked for in a window; hardly any asks for more.
struct RecentlyAsked: Sendable {
    fileprivate private(set) var addresses: [8 of UInt32] = .init(repeating: 0)
    fileprivate private(set) var since: Int64 = .min
    private var count: UInt8 = 0

    /// Notes a question for `ip`, and returns how many addresses were asked for in the window;
    /// `nil` when these are more than it has room for.
    @inline(__always)
    mutating func asks(for ip: IPv4Address, at time: Int64, within window: Int64) -> Int? {
        if !time.isWithin(window, of: since) {
            addresses = .init(repeating: 0)
            since = time
            count = 0
        }
        // Without branches, so that all are compared at once.
        var hits: UInt32 = 0
        for index in addresses.indices { hits &+= addresses[index] == ip.bits ? 1 : 0 }
        if hits > 0 { return Int(count) }
        if count == addresses.count { return nil }
        addresses[Int(count)] = ip.bits
        count += 1
        return Int(count)
    }
}
