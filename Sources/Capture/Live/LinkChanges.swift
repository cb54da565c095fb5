// SPDX-License-Identifier: Apache-2.0

private import CSystem
private import Glibc

/// What the kernel tells of interfaces as it happens: one that is switched off and on again within
/// moments looks afterwards as if nothing had been.
public final class LinkChanges: Sendable {
    /// What became of an interface.
    public struct Change: Equatable, Sendable {
        /// The interface's number.
        public let index: UInt32
        /// What it is now.
        public let state: State

        /// A change that was told.
        public init(index: UInt32, state: State) {
            self.index = index
            self.state = state
        }
    }

    /// What an interface can be.
    public enum State: Equatable, Sendable {
        /// Switched on.
        case up
        /// Switched off.
        case down
        /// Taken away; another one may have its name by now.
        case gone
    }

    /// What poll(2) finds readable when there is a change.
    public let descriptor: Int32

    /// Begins to listen; nil where the kernel tells nothing.
    public init?() {
        descriptor = csystem_link_socket()
        if descriptor < 0 { return nil }
    }

    deinit {
        close(descriptor)
    }

    /// The next change that waits; nil if none does.
    public func next() -> Change? {
        var change = csystem_link_change()
        guard unsafe csystem_next_link_change(descriptor, &change) else { return nil }
        let isUp = change.flags & UInt32(IFF_UP) != 0
        return Change(index: change.index, state: change.is_gone ? .gone : isUp ? .up : .down)
    }

    /// The number of the interface of this name; nil without one.
    public static func index(of name: String) -> UInt32? {
        let index = unsafe if_nametoindex(name)
        return index == 0 ? nil : index
    }
}
