// SPDX-License-Identifier: Apache-2.0

private import Synchronization

/// Room for requests while they come in and are handled: of the budget of all, and of that only a
/// share for one network, so that one that stalls or floods does not shut out the others.
public final class BodyRoom: Sendable {
    private let budget: ByteBudget
    private let perNetworkMax: Int
    /// Of the networks that have taken any.
    private let ofNetworks = Mutex([Int: Int]())

    /// Makes room.
    /// - Parameter perNetworkMax: bytes of one network; 0 leaves that open.
    public init(_ budget: ByteBudget, perNetworkMax: Int) {
        self.budget = budget
        self.perNetworkMax = perNetworkMax == 0 ? .max : perNetworkMax
    }

    /// All there is, for all networks together.
    public var bytesMax: Int { budget.bytesMax }

    /// Bytes that are taken now, by all networks together.
    public var bytesTaken: Int { budget.bytesTaken }

    /// Takes bytes; false, and nothing taken, when there are not that many left. Without a network,
    /// for a peer on this machine, there is no share.
    public func take(_ count: Int, of network: Int?) -> Bool {
        take(count, of: network) { taken in count <= perNetworkMax - taken }
    }

    /// Takes bytes that handling a request needs, which has taken `own` already. A network's only
    /// request may go beyond the share, so that none is too large for ever.
    public func take(_ count: Int, of network: Int?, beside own: Int) -> Bool {
        take(count, of: network) { taken in taken <= own || count <= perNetworkMax - taken }
    }

    private func take(_ count: Int, of network: Int?, if fits: (_ taken: Int) -> Bool) -> Bool {
        guard let network else { return budget.take(count) }
        return ofNetworks.withLock { taken in
            guard fits(taken[network, default: 0]), budget.take(count) else { return false }
            taken[network, default: 0] += count
            return true
        }
    }

    /// Gives bytes back.
    public func giveBack(_ count: Int, of network: Int?) {
        budget.giveBack(count)
        guard let network else { return }
        ofNetworks.withLock { taken in
            let rest = taken[network, default: 0] - count
            taken[network] = rest > 0 ? rest : nil
        }
    }
}
