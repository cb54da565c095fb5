// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A way between a client and a server on loopback that loses what it is told to lose.
package final class FaultyRelay: Sendable {
    /// What happens to one connection.
    package enum Fault: Sendable, Equatable {
        /// Everything arrives.
        case none
        /// The client is cut off (RST) once so many of its bytes have gone on to the server.
        case resetRequest(afterBytes: Int)
        /// The server gets all and answers; its answer is lost after so many bytes, and the
        /// client is cut off.
        case loseReply(afterBytes: Int)
        /// Everything arrives, byte by byte.
        case crumble
        /// The client is cut off once it falls silent, and what it sent arrives only when
        /// `deliverHeld` is called, after whatever came later.
        case hold
    }

    /// Connections that are held at once, at most; more are lost.
    private static let heldMax = 64
    /// After so long without a byte a client has said what it has to say.
    private static let silence = Duration.milliseconds(50)

    private let acceptor: Acceptor
    private let serverPort: UInt16
    private let held: Monitor<[[UInt8]]>

    /// The port on 127.0.0.1 that stands for the server's.
    package var port: UInt16 { acceptor.port }

    /// A way to the server at `serverPort`; `fault` is asked once for each connection, and
    /// `onReply` is told when the server has begun to answer, before the client hears of it.
    package init(
        to serverPort: UInt16, fault: @escaping @Sendable () -> Fault,
        onReply: @escaping @Sendable () -> Void = {}
    ) throws {
        let held = Monitor<[[UInt8]]>([])
        (self.serverPort, self.held) = (serverPort, held)
        acceptor = try Acceptor { descriptor in
            let client = Connection(owning: descriptor)
            let fault = fault()
            if fault == .hold {
                let bytes = Self.bytes(from: client)
                held.update { if $0.count < Self.heldMax { $0.append(bytes) } }
                return client.reset()
            }
            guard let server = try? Connection(toPort: serverPort) else { return }
            switch RelayRun(fault: fault, onReply: onReply).run(client, server) {
            case .end: break
            case .reset: client.reset()
            }
        }
    }
}

extension FaultyRelay {
    private static func bytes(from client: borrowing Connection) -> [UInt8] {
        var all: [UInt8] = []
        while case .bytes(let bytes) = client.read(until: all.isEmpty ? nil : .within(silence)) {
            all += bytes
        }
        return all
    }

    /// Lets everything arrive that is held, the latest first; how many requests there were.
    package func deliverHeld() throws -> Int {
        var waiting: [[UInt8]] = []
        held.update { held in (waiting, held) = (held, []) }
        for bytes in waiting.reversed() {
            let server = try Connection(toPort: serverPort)
            guard server.write(bytes), case .bytes = server.read(until: .within(.seconds(30)))
            else { throw TestKitError("a request that was held has no answer") }
        }
        return waiting.count
    }
}

/// One connection on its way.
struct RelayRun {
    enum Ending { case end, reset }

    var fault = FaultyRelay.Fault.none
    var onReply: @Sendable () -> Void = {}

    /// Carries bytes both ways until one side ends or the fault is due.
    func run(_ client: borrowing Connection, _ server: borrowing Connection) -> Ending {
        var (requestLeft, replyLeft) = (Int.max, Int.max)
        switch fault {
        case .none, .hold, .crumble: break
        case .resetRequest(let bytes): requestLeft = bytes
        case .loseReply(let bytes): replyLeft = bytes
        }
        while true {
            var entries = [client.descriptor, server.descriptor].map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            guard unsafe poll(&entries, 2, -1) > 0 else { return .end }
            if entries[1].revents != 0 {
                guard case .bytes(let bytes) = server.read(until: nil) else { return .end }
                onReply()
                guard pass(Array(bytes.prefix(replyLeft)), to: client) else { return .end }
                if bytes.count >= replyLeft { return .reset }
                if replyLeft != .max { replyLeft -= bytes.count }
            } else {
                guard case .bytes(let bytes) = client.read(until: nil) else { return .end }
                guard pass(Array(bytes.prefix(requestLeft)), to: server) else { return .end }
                if bytes.count >= requestLeft { return .reset }
                if requestLeft != .max { requestLeft -= bytes.count }
            }
        }
    }

    private func pass(_ bytes: [UInt8], to side: borrowing Connection) -> Bool {
        guard fault == .crumble else { return side.write(bytes) }
        for byte in bytes { guard side.write([byte]) else { return false } }
        return true
    }
}
