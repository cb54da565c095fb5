// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Sockets on 127.0.0.1.
package enum Loopback {
    /// A TCP socket, closed on exec.
    static func socket() throws -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = Foundation.socket(AF_INET, kind, 0)
        guard descriptor >= 0 else { throw TestKitError.ofSystemCall("socket") }
        return descriptor
    }

    /// 127.0.0.1.
    package static let host: UInt32 = 0x7F00_0001

    /// Connects `descriptor` to `port`, from an address of 127.0.0.0/8; false with `errno` set when
    /// that fails.
    static func connect(_ descriptor: Int32, port: UInt16, from host: UInt32) -> Bool {
        // The kernel chooses ports better where it knows both ends.
        if host != Self.host {
            let bound = unsafe withAddress(0, of: host) { unsafe bind(descriptor, $0, $1) }
            guard bound == 0 else { return false }
        }
        return unsafe withAddress(port) { unsafe Foundation.connect(descriptor, $0, $1) } == 0
    }

    /// A listening socket on a port that the kernel chooses, and that port.
    static func listener() throws -> (descriptor: Int32, port: UInt16) {
        let descriptor = try socket()
        guard unsafe withAddress(0, { unsafe bind(descriptor, $0, $1) }) == 0,
            listen(descriptor, 128) == 0
        else {
            let failure = TestKitError.ofSystemCall("listen")
            close(descriptor)
            throw failure
        }
        return (descriptor, try port(of: descriptor))
    }

    /// A port on which nothing listens: one that the kernel just gave and that was given back.
    package static func unusedPort() throws -> UInt16 {
        let descriptor = try socket()
        defer { close(descriptor) }
        guard unsafe withAddress(0, { unsafe bind(descriptor, $0, $1) }) == 0 else {
            throw TestKitError.ofSystemCall("bind")
        }
        return try port(of: descriptor)
    }

    /// A second descriptor of this process for its connection to a port, as a forked child has one;
    /// nil where there is none.
    package static func copy(ofConnectionTo port: UInt16) -> Int32? {
        for descriptor: Int32 in 3..<4096 {
            var peer = sockaddr_in()
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let status = unsafe withUnsafeMutablePointer(to: &peer) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe getpeername(descriptor, $0, &size)
                }
            }
            if status == 0, UInt16(bigEndian: peer.sin_port) == port { return dup(descriptor) }
        }
        return nil
    }

    private static func port(of descriptor: Int32) throws -> UInt16 {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor, $0, &size)
            }
        }
        guard status == 0 else { throw TestKitError.ofSystemCall("getsockname") }
        return UInt16(bigEndian: address.sin_port)
    }

    private static func withAddress(
        _ port: UInt16, of host: UInt32 = Loopback.host,
        _ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = host.bigEndian
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe call($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
