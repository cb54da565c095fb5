// SPDX-License-Identifier: Apache-2.0

private import CSystem
import Glibc

/// SIGINT, SIGTERM and SIGHUP as something to wait for beside other descriptors. Those that whoever
/// started the program had it ignore, as nohup(1) does, stay ignored.
///
/// Blocked for the calling thread and all that it starts later, so make it first thing.
public final class SignalDescriptor: Sendable {
    /// What a signal asks for.
    public enum Wish: Sendable, Equatable {
        /// To end: SIGINT or SIGTERM.
        case stop
        /// To read the configuration again: SIGHUP, where the program can.
        case reload
    }

    private let descriptor: Descriptor

    /// What poll(2) finds readable when a signal waits.
    public var number: Int32 { descriptor.number }

    /// Blocks the signals. Throws if the kernel refuses.
    ///
    /// - Parameter reloads: whether SIGHUP is no wish to end: it is taken then even where it was to
    ///   be ignored.
    public init(reloads: Bool = false) throws(SystemError) {
        descriptor = Descriptor(owning: try systemCall("signalfd") { csystem_signalfd(reloads) })
    }

    /// Lets the signals through to the calling thread: one that waits then does to the process what
    /// it does by default.
    public func letThrough() {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for number in [SIGINT, SIGTERM, SIGHUP] { unsafe sigaddset(&set, number) }
        unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }

    /// The next wish that waits; nil if none does.
    public func next() -> Wish? {
        switch csystem_next_signal(descriptor.number) {
        case SIGHUP: .reload
        case SIGINT, SIGTERM: .stop
        default: nil
        }
    }
}

/// Waits for descriptors.
public enum Poll {
    /// Waits until one of the descriptors is readable, closed or in error, or the time is over;
    /// says which are. A negative number is passed over.
    public static func readable(
        _ descriptors: [Int32], withinMilliseconds milliseconds: Int64
    ) throws(SystemError) -> [Bool] {
        var entries = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        let timeout = Int32(clamping: milliseconds)
        let count = nfds_t(entries.count)
        let ready = unsafe poll(&entries, count, timeout)
        // An interruption is an early end of the wait; whoever waits looks again.
        if ready < 0, errno != EINTR { throw SystemError(code: errno, call: "poll") }
        return entries.map { ready > 0 && $0.revents != 0 }
    }
}
