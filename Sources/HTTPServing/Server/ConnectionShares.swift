// SPDX-License-Identifier: Apache-2.0

private import Synchronization

/// How many connections each network holds, of which it may have a share: who has many addresses
/// can't hold them all.
final class ConnectionShares: Sendable {
    private let perNetworkMax: Int
    private let held = Mutex([Int: Int]())

    /// - Parameter perNetworkMax: connections of one network; 0 leaves that open.
    init(perNetworkMax: Int) {
        self.perNetworkMax = perNetworkMax == 0 ? .max : perNetworkMax
    }

    /// Whether a network may have one more; without a network, for a peer on this machine, there is
    /// no share. Threads that ask at once may each be told yes for the last one.
    func admits(_ network: Int?) -> Bool {
        guard let network else { return true }
        return held.withLock { $0[network, default: 0] < perNetworkMax }
    }

    /// A connection came.
    func open(_ network: Int?) {
        guard let network else { return }
        held.withLock { $0[network, default: 0] += 1 }
    }

    /// A connection is about to be closed.
    func close(_ network: Int?) {
        guard let network else { return }
        held.withLock { held in
            let rest = held[network, default: 0] - 1
            held[network] = rest > 0 ? rest : nil
        }
    }
}
