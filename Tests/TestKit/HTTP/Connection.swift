// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A TCP connection on loopback; closed with the value.
struct Connection: ~Copyable {
    /// What reading found.
    enum Arrival {
        case bytes([UInt8])
        case end
        case nothingInTime
    }

    let descriptor: Int32

    /// Takes over a descriptor that is connected already.
    init(owning descriptor: Int32) {
        self.descriptor = descriptor
        var on: Int32 = 1
        _ = unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, 4)
    }

    /// Connects to `port` of 127.0.0.1, from that address or another one of 127.0.0.0/8.
    init(toPort port: UInt16, from host: UInt32 = Loopback.host) throws {
        let descriptor = try Loopback.socket()
        guard Loopback.connect(descriptor, port: port, from: host) else {
            let failure = TestKitError.ofSystemCall("connect to port \(port)")
            close(descriptor)
            throw failure
        }
        self.init(owning: descriptor)
    }

    deinit {
        close(descriptor)
    }

    /// Waits until bytes come, the other side ends, or the deadline (nil = none) passes.
    borrowing func read(until deadline: Deadline?) -> Arrival {
        guard wait(for: POLLIN, until: deadline) else { return .nothingInTime }
        var chunk = [UInt8](repeating: 0, count: 65536)
        let got = unsafe recv(descriptor, &chunk, chunk.count, 0)
        return got > 0 ? .bytes(Array(chunk[..<got])) : .end
    }

    /// Sends all of `bytes`; false when the other side is gone.
    borrowing func write(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = unsafe rest.withUnsafeBytes { buffer in
                unsafe send(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
            }
            if sent < 0 && errno == EINTR { continue }
            guard sent > 0 else { return false }
            rest = rest.dropFirst(sent)
        }
        return true
    }

    /// Waits for `events` or the other side's end; false when the deadline passes first.
    borrowing func wait(for events: Int32, until deadline: Deadline?) -> Bool {
        while true {
            var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
            let ready = unsafe poll(&entry, 1, deadline?.pollTimeout ?? -1)
            if ready > 0 { return true }
            if ready == 0 || errno != EINTR { return false }
        }
    }

    /// Tells the other side that nothing more will be sent.
    borrowing func endWriting() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Closes with a reset (RST) instead of an orderly end.
    consuming func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        let size = socklen_t(MemoryLayout<linger>.size)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, size)
    }
}
