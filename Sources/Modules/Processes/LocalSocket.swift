// SPDX-License-Identifier: Apache-2.0

private import CSystem
import Glibc

/// One end of a pair of connected sockets, or of a pipe: a stream of bytes between a program and
/// one that it started. Closed with the value.
package final class LocalSocket: Sendable {
    private let descriptor: Descriptor

    /// The descriptor's number.
    package var number: Int32 { descriptor.number }

    /// Takes over a descriptor that this process was started with.
    package init(inherited number: Int32) {
        descriptor = Descriptor(owning: number)
    }

    /// Two ends that are closed when another program takes this one's place.
    package static func pair() throws(SystemError) -> (LocalSocket, LocalSocket) {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        try systemCall("socketpair") { unsafe socketpair(AF_UNIX, type, 0, &ends) }
        return (LocalSocket(inherited: ends[0]), LocalSocket(inherited: ends[1]))
    }

    /// Two ends of a pipe that are closed when another program takes this one's place; what is
    /// written to the second is read from the first.
    package static func pipe() throws(SystemError) -> (LocalSocket, LocalSocket) {
        var ends: [Int32] = [-1, -1]
        try systemCall("pipe2") { unsafe csystem_pipe(&ends) }
        return (LocalSocket(inherited: ends[0]), LocalSocket(inherited: ends[1]))
    }

    /// Reads what is there into `buffer` from `offset` on, and waits if there is nothing. Returns
    /// how many bytes came; 0 when the other end has closed.
    package func read(
        into buffer: inout [UInt8], from offset: Int = 0
    ) throws(SystemError) -> Int {
        try systemCall("read") {
            unsafe buffer.withUnsafeMutableBytes { bytes in
                let free = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[offset...])
                return unsafe Glibc.read(number, free.baseAddress, free.count)
            }
        }
    }

    /// Writes all bytes, and waits as long as the other end has no room.
    package func write(_ bytes: [UInt8]) throws(SystemError) {
        try descriptor.writeAll(bytes, "socket")
    }

    /// Tells the other end that nothing more comes; reading goes on.
    package func finishWriting() {
        // It fails only where the other end has gone, which reading finds out.
        _ = shutdown(number, Int32(SHUT_WR))
    }
}
