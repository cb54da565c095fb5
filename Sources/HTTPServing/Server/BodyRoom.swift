// SPDX-License-Identifier: Apache-2.0

private import Synchronization

/// Room for bodies while they come in and are handled: of the budget of all, and of that only a
/// share for one network, so that one that stalls does not shut out the others.
final class BodyRoom: Sendable {
    private let budget: ByteBudget
    private let perNetworkMax: Int
    /// Of the networks that have taken any.
    private let ofNetworks = Mutex([Int: Int]())

    /// - Parameter perNetworkMax: bytes of one network; 0 leaves that open.
    init(_ budget: ByteBudget, perNetworkMax: Int) {
        self.budget = budget
        self.perNetworkMax = perNetworkMax == 0 ? .max : perNetworkMax
    }

    /// Takes bytes; false, and nothing taken, when there are not that many left. Without a network,
    /// for a peer on this machine, there is no share.
    func take(_ count: Int, of network: Int?) -> Bool {
        guard let network else { return budget.take(count) }
        return ofNetworks.withLock { taken in
            guard count <= perNetworkMax - taken[network, default: 0], budget.take(count) else {
                return false
            }
            taken[network, default: 0] += count
            return true
        }
    }

    /// Gives bytes back.
    func giveBack(_ count: Int, of network: Int?) {
        budget.giveBack(count)
        guard let network else { return }
        ofNetworks.withLock { taken in
            let rest = taken[network, default: 0] - count
            taken[network] = rest > 0 ? rest : nil
        }
    }
}
