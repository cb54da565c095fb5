// SPDX-License-Identifier: Apache-2.0

private import Glibc

/// A listening TCP socket with one owner; it is closed when the owner lets go of it.
///
/// Connections wait in it until an `HTTPServer` takes it over.
public struct ListenSocket: ~Copyable, Sendable {
    /// Connections that wait to be accepted.
    private static let backlogMax: Int32 = 128

    let descriptor: Int32
    /// The address that was asked for, whose port may be 0.
    private let address: ListenAddress

    /// Binds and listens. Throws an `HTTPServerError` when the port is taken, the address is not
    /// of this machine, or the system refuses otherwise; nothing stays open then.
    public init(_ address: ListenAddress) throws(HTTPServerError) {
        self.address = address
        let family = address.bytes.count == 4 ? AF_INET : AF_INET6
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        descriptor = socket(family, kind, 0)
        guard descriptor >= 0 else { throw Self.error(address, errno) }
        var yes: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, size)
        guard Self.bind(descriptor, address) == 0, listen(descriptor, Self.backlogMax) == 0 else {
            throw Self.error(address, errno)
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Lets the kernel refuse further connections. The descriptor stays taken: a thread of the
    /// library may be about to use its number, which must not name another socket by then.
    func refuseConnections() {
        shutdown(descriptor, Int32(SHUT_RD))
    }

    /// The address with the port that the system bound.
    public func boundAddress() throws(HTTPServerError) -> ListenAddress {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let status = unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            unsafe getsockname(
                descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), &size)
        }
        guard status == 0 else {
            throw HTTPServerError(.system, "the bound port can't be read: \(Self.text(errno))")
        }
        // The port follows the family at offset 2 in both socket addresses (netinet/in.h).
        let port = unsafe withUnsafeBytes(of: storage) { bytes in
            unsafe UInt16(bytes[2]) << 8 | UInt16(bytes[3])
        }
        return address.with(port: port)
    }

    private static func bind(_ descriptor: Int32, _ address: ListenAddress) -> Int32 {
        let bytes = socketAddress(address)
        return unsafe bytes.withUnsafeBytes { raw in
            unsafe Glibc.bind(
                descriptor, raw.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                socklen_t(raw.count))
        }
    }

    /// `sockaddr_in` or `sockaddr_in6` as bytes: family in host order, port in network order.
    private static func socketAddress(_ address: ListenAddress) -> [UInt8] {
        let isIPv4 = address.bytes.count == 4
        let family = UInt16(isIPv4 ? AF_INET : AF_INET6)
        let head = unsafe withUnsafeBytes(of: family) { unsafe Array($0) }
        let port = [UInt8(address.port >> 8), UInt8(address.port & 0xff)]
        let flow = [UInt8](repeating: 0, count: isIPv4 ? 0 : 4)
        let tail = [UInt8](repeating: 0, count: isIPv4 ? 8 : 4)
        return head + port + flow + address.bytes + tail
    }

    private static func error(_ address: ListenAddress, _ number: Int32) -> HTTPServerError {
        let code: HTTPServerError.Code =
            switch number {
            case EADDRINUSE: .addressInUse
            case EADDRNOTAVAIL: .addressNotAvailable
            case EACCES: .permissionDenied
            default: .system
            }
        return HTTPServerError(code, "can't listen on \(address): \(text(number))")
    }

    private static func text(_ number: Int32) -> String {
        unsafe String(cString: strerror(number)).lowercased()
    }
}
