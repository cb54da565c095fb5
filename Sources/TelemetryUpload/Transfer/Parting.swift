// SPDX-License-Identifier: Apache-2.0

#if Upload
import Glibc

/// How the connections of a transfer end.
///
/// One that ends before its answer came takes with it what the kernel has not sent: by itself the
/// kernel would go on with that for minutes, after a no too. It is so from its beginning: it holds
/// for a process that is killed as well.
final class Parting {
    /// Whether the last request was answered, so that nothing waits to be sent.
    var isAnswered = false

    /// Has a socket that is about to be closed end in the ordinary way where all was answered.
    func prepare(_ socket: Int32) {
        if isAnswered { _ = Self.discardsRest(of: socket, false) }
    }

    /// Sets whether closing a socket, by whoever, discards what it has not sent; false where the
    /// kernel refuses.
    static func discardsRest(of socket: Int32, _ discards: Bool) -> Bool {
        var setting = linger(l_onoff: discards ? 1 : 0, l_linger: 0)
        let size = socklen_t(MemoryLayout<linger>.size)
        return unsafe setsockopt(socket, SOL_SOCKET, SO_LINGER, &setting, size) == 0
    }
}
#endif
