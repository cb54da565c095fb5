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
        /// Switched on, and plugged in.
        case up
        /// Switched on, with nothing at the other end: nothing is heard.
        case unplugged
        /// Switched off.
        case down
        /// Taken away; another one may have its name by now.
        case gone

        /// The state that these flags of netdevice(7) say; of one that is there.
        init(flags: UInt32) {
            // IFF_LOWER_UP of linux/if.h, which the C library's headers leave out. Some kernels
            // tell only that it runs.
            let hasCarrier = flags & (1 << 16 | UInt32(IFF_RUNNING)) != 0
            self = flags & UInt32(IFF_UP) == 0 ? .down : hasCarrier ? .up : .unplugged
        }
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
        return Change(
            index: change.index, state: change.is_gone ? .gone : State(flags: change.flags))
    }

    /// The number of the interface of this name; nil without one.
    public static func index(of name: String) -> UInt32? {
        let index = unsafe if_nametoindex(name)
        return index == 0 ? nil : index
    }
}
