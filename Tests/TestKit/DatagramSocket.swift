// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A Unix socket that takes datagrams, as a log does.
package struct DatagramSocket: ~Copyable {
    /// Where it is.
    package let path: String
    private let number: Int32

    /// A socket at `path`, which must be free.
    package init(_ path: String) throws {
        self.path = path
        number = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < 100 else { throw TestKitError("the path \(path) is too long") }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let code = unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(number, $0, size)
            }
        }
        guard code == 0 else { throw TestKitError.ofSystemCall("bind \(path)") }
    }

    deinit { close(number) }

    /// The next datagram; an error where none waits.
    package borrowing func receive() throws -> String {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe recv(number, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        guard count > 0 else { throw TestKitError.ofSystemCall("recv") }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
