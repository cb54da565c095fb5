// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// A server on loopback with little room, which reads nothing of its one connection before it is
/// told to: what a client sends stays in the client's kernel.
package final class StalledServer: Sendable {
    /// The port on 127.0.0.1 that the server listens on.
    package let port: UInt16

    private let listener: Int32
    private let connection = Mutex<Int32>(-1)

    /// Starts to listen.
    package init() throws {
        (listener, port) = try Loopback.listener()
        var bytes: Int32 = 2048
        let size = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &bytes, size) == 0 else {
            throw TestKitError.ofSystemCall("setsockopt")
        }
    }

    deinit {
        close(listener)
        connection.withLock { if $0 >= 0 { _ = close($0) } }
    }

    /// Waits until a client has connected and sent something.
    package func waitForBytes() throws {
        try Self.wait(for: listener)
        let accepted = accept(listener, nil, nil)
        guard accepted >= 0 else { throw TestKitError.ofSystemCall("accept") }
        connection.withLock { $0 = accepted }
        try Self.wait(for: accepted)
    }

    /// Sends a text as it is.
    package func answer(_ text: String) throws {
        let bytes = Array(text.utf8)
        let sent = connection.withLock { descriptor in
            unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
        }
        guard sent == bytes.count else { throw TestKitError.ofSystemCall("write") }
    }

    /// Reads until the client is gone: how many bytes came, and whether it broke off.
    package func readToEnd() throws -> (bytes: Int, isBrokenOff: Bool) {
        let descriptor = connection.withLock(\.self)
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var bytes = 0
        while true {
            try Self.wait(for: descriptor)
            let count = unsafe read(descriptor, &buffer, buffer.count)
            if count <= 0 { return (bytes, count < 0) }
            bytes += count
        }
    }

    private static func wait(for descriptor: Int32) throws {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let milliseconds = Int32(CommandRunner.deadline / .milliseconds(1))
        guard unsafe poll(&entry, 1, milliseconds) == 1 else {
            throw TestKitError("nobody came, or nothing of what was awaited")
        }
    }
}
