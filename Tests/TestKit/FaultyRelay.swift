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
    }

    private let acceptor: Acceptor

    /// The port on 127.0.0.1 that stands for the server's.
    package var port: UInt16 { acceptor.port }

    /// A way to the server at `serverPort`; `fault` is asked once for each connection, and
    /// `onReply` is told when the server has begun to answer, before the client hears of it.
    package init(
        to serverPort: UInt16, fault: @escaping @Sendable () -> Fault,
        onReply: @escaping @Sendable () -> Void = {}
    ) throws {
        acceptor = try Acceptor { descriptor in
            let client = Connection(owning: descriptor)
            guard let server = try? Connection(toPort: serverPort) else { return }
            switch RelayRun(fault: fault(), onReply: onReply).run(client, server) {
            case .end: break
            case .reset: client.reset()
            }
        }
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
        case .none: break
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
                guard client.write(Array(bytes.prefix(replyLeft))) else { return .end }
                if bytes.count >= replyLeft { return .reset }
                if replyLeft != .max { replyLeft -= bytes.count }
            } else {
                guard case .bytes(let bytes) = client.read(until: nil) else { return .end }
                guard server.write(Array(bytes.prefix(requestLeft))) else { return .end }
                if bytes.count >= requestLeft { return .reset }
                if requestLeft != .max { requestLeft -= bytes.count }
            }
        }
    }
}
