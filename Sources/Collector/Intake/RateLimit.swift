// SPDX-License-Identifier: Apache-2.0

private import Synchronization

/// So many in a minute, then none until the next; of one network only a share of them, so that it
/// can't shut out the others.
final class RateLimit: Sendable {
    private static let nanosecondsPerMinute: Int64 = 60_000_000_000
    /// Networks that can use up the limit together.
    private static let networksMin = 10

    private struct Minute {
        var number: Int64 = -1
        var count = 0
        var ofNetworks: [Int: Int] = [:]
    }

    private let max: Int
    private let perNetworkMax: Int
    private let minute = Mutex(Minute())

    init(perMinuteMax max: Int) {
        self.max = max
        perNetworkMax = Swift.max(1, max / Self.networksMin)
    }

    /// Counts one; false when it is one too many. Without a network, for a peer on this machine,
    /// there is no share.
    func admits(of network: Int?, at uptimeNanoseconds: Int64) -> Bool {
        let number = uptimeNanoseconds / Self.nanosecondsPerMinute
        return minute.withLock { minute in
            if minute.number != number { minute = Minute(number: number) }
            guard minute.count < max else { return false }
            if let network {
                guard minute.ofNetworks[network, default: 0] < perNetworkMax else { return false }
                minute.ofNetworks[network, default: 0] += 1
            }
            minute.count += 1
            return true
        }
    }
}
