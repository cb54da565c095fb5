// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// An HTTP/1.1 server on loopback that follows a script and records what it is asked.
///
/// The script's replies are used one per request, in the order the requests are complete; after
/// the last one `otherwise` goes on for ever, or the last reply where that is nil.
package final class FakeServer: Sendable {
    /// The port on 127.0.0.1 that the server listens on.
    package let port: UInt16

    private let listener: Int32
    private let state: Monitor<FakeServerState>

    /// Starts a server; it runs until the value goes away.
    package init(_ script: FakeReply..., otherwise: FakeReply? = nil) throws {
        precondition(!script.isEmpty || otherwise != nil, "a server needs a reply")
        let (listener, port) = try Loopback.listener()
        let last = otherwise ?? script.last ?? .neverAnswer
        let state = Monitor(FakeServerState(script: script, otherwise: last))
        self.listener = listener
        self.port = port
        self.state = state
        Thread.detachNewThread { Self.accept(listener, state) }
    }

    deinit {
        stop()
    }

    /// The URL of `path` on this server.
    package func url(_ path: String = "/v1/logs") -> String {
        "http://127.0.0.1:\(port)\(path)"
    }

    /// All requests so far, in the order they were complete.
    package var requests: [RecordedRequest] { state.read(\.requests) }

    /// How many connections were accepted so far.
    package var connectionCount: Int { state.read(\.connectionCount) }

    /// How many bytes came so far, over all connections.
    package var byteCount: Int { state.read(\.byteCount) }

    /// The first `count` requests, once there are that many.
    package func waitForRequests(
        _ count: Int, within duration: Duration = CommandRunner.deadline
    ) throws -> [RecordedRequest] {
        let found = state.wait(until: .within(duration)) { state in
            state.requests.count >= count ? Array(state.requests.prefix(count)) : nil
        }
        guard let found else {
            throw TestKitError("\(requests.count) of \(count) requests came in \(duration)")
        }
        return found
    }

    /// Waits until every connection accepted so far is closed on both sides.
    package func waitUntilIdle(within duration: Duration = CommandRunner.deadline) throws {
        let idle: Bool? = state.wait(until: .within(duration)) { $0.open.isEmpty ? true : nil }
        guard idle == true else { throw TestKitError("connections still open after \(duration)") }
    }

    /// Refuses further connections and cuts those that are open.
    package func stop() {
        state.update { state in
            guard !state.isStopped else { return }
            state.isStopped = true
            // Wakes the threads that poll; each closes its own descriptor, later than this.
            shutdown(listener, Int32(SHUT_RDWR))
            state.open.forEach { _ = shutdown($0, Int32(SHUT_RDWR)) }
        }
    }

    /// Accepts until the listener is shut down, then closes it.
    private static func accept(_ listener: Int32, _ state: Monitor<FakeServerState>) {
        defer { close(listener) }
        while true {
            var entry = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
            _ = unsafe poll(&entry, 1, -1)
            if state.read(\.isStopped) { return }
            let descriptor = inheritance.withLock { _ in
                let descriptor = Foundation.accept(listener, nil, nil)
                _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
                return descriptor
            }
            guard descriptor >= 0 else { continue }
            serve(descriptor, state)
        }
    }

    private static func serve(_ descriptor: Int32, _ state: Monitor<FakeServerState>) {
        let number: Int? = state.update { state in
            guard !state.isStopped else { return nil }
            state.open.insert(descriptor)
            state.connectionCount += 1
            return state.connectionCount - 1
        }
        guard let number else {
            close(descriptor)
            return
        }
        Thread.detachNewThread {
            FakeExchange(descriptor: descriptor, number: number, state: state).run()
        }
    }
}

/// What the threads of one fake server share.
struct FakeServerState: Sendable {
    var script: [FakeReply]
    let otherwise: FakeReply
    var requests: [RecordedRequest] = []
    var open: Set<Int32> = []
    var connectionCount = 0
    var byteCount = 0
    var isStopped = false

    /// The reply that is due; it stays due until `takeReply`.
    var nextReply: FakeReply { script.first ?? otherwise }

    mutating func takeReply() -> FakeReply {
        script.isEmpty ? otherwise : script.removeFirst()
    }
}
