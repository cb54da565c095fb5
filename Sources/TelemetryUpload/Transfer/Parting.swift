// SPDX-License-Identifier: Apache-2.0

#if Upload
import Glibc

/// How the connections of a transfer end.
///
/// One that ends before the other side has all of a request takes with it what the kernel has not
/// sent: by itself the kernel would go on with that for minutes, after a no too. It is so from its
/// beginning: it holds for a process that is killed as well.
final class Parting {
    /// The socket over which the last request was answered, once the other side had all of it.
    private var settled: Int32?

    /// Another request begins, over whatever socket.
    func begin() { settled = nil }

    /// Notes that the request was answered over a socket. Servers may answer before they have read
    /// all of it, and what they have not got by then is not to go on.
    func noteAnswer(over socket: Int32) { settled = Self.isEmptied(socket) ? socket : nil }

    /// Has a socket that is about to be closed end in the ordinary way where the other side had
    /// all and answered, or nothing waits to be sent; else what waits goes at once, whoever else
    /// has the socket open, as a child does that the host program has just forked.
    func prepare(_ socket: Int32) {
        if socket == settled || Self.isEmptied(socket) {
            _ = Self.discardsRest(of: socket, false)
        } else {
            Self.dissolve(socket)
        }
    }

    /// Ends a connection here and now: connect(2) to no family.
    private static func dissolve(_ socket: Int32) {
        var nowhere = sockaddr()
        nowhere.sa_family = sa_family_t(AF_UNSPEC)
        _ = unsafe connect(socket, &nowhere, socklen_t(MemoryLayout<sockaddr>.size))
    }

    /// Whether the other side has all that the kernel was given to send.
    private static func isEmptied(_ socket: Int32) -> Bool {
        var count: Int32 = 1
        return unsafe ioctl(socket, UInt(TIOCOUTQ), &count) == 0 && count == 0
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
