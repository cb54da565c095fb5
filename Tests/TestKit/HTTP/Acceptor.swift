// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// Listens on loopback and gives each connection a thread of its own, until the value goes away.
final class Acceptor: Sendable {
    /// The port on 127.0.0.1.
    let port: UInt16

    private let listener: Int32
    private let isStopped = Monitor(false)

    /// Starts to listen; `serve` owns the descriptor that it is given.
    init(_ serve: @escaping @Sendable (Int32) -> Void) throws {
        (listener, port) = try Loopback.listener()
        let (listener, isStopped) = (listener, isStopped)
        Thread.detachNewThread {
            defer { close(listener) }
            while let descriptor = Self.accept(listener, isStopped) {
                Thread.detachNewThread { serve(descriptor) }
            }
        }
    }

    deinit {
        isStopped.update { $0 = true }
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private static func accept(_ listener: Int32, _ isStopped: Monitor<Bool>) -> Int32? {
        while true {
            var entry = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
            _ = unsafe poll(&entry, 1, -1)
            if isStopped.read({ $0 }) { return nil }
            let descriptor = inheritance.withLock { _ in
                let descriptor = Foundation.accept(listener, nil, nil)
                _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
                return descriptor
            }
            if descriptor >= 0 { return descriptor }
        }
    }
}
