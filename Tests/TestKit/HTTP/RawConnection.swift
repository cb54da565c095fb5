// SPDX-License-Identifier: Apache-2.0

/// One connection to a server on loopback over which a test sends exactly the bytes it wants, and
/// which it may keep for further requests.
package final class RawConnection {
    private let connection: Connection
    private let deadline: Deadline
    private var received: [UInt8] = []

    /// Connects, from 127.0.0.1 or another address of 127.0.0.0/8; everything on the connection has
    /// to happen within `duration`.
    package init(
        port: UInt16, from host: UInt32 = Loopback.host,
        within duration: Duration = CommandRunner.deadline
    ) throws {
        connection = try Connection(toPort: port, from: host)
        deadline = .within(duration)
    }

    /// Sends a text as it is. A server that is gone is no failure: what it said still counts.
    package func send(_ text: String) {
        _ = connection.write(Array(text.utf8))
    }

    /// Sends no more, and can still read.
    package func endSending() { connection.endWriting() }

    /// Sends a whole request that leaves the connection open.
    package func send(_ method: String, _ target: String, body: [UInt8] = []) {
        let head =
            "\(method) \(target) HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.count)\r\n\r\n"
        _ = connection.write(Array(head.utf8) + body)
    }

    /// Reads one response with `Content-Length`, or with no body; interim ones (1xx) too.
    package func response() throws -> HTTPReply {
        while true {
            if let reply = takeReply() { return reply }
            guard try readMore() else {
                throw TestKitError("closed after \(received.count) bytes of a response")
            }
        }
    }

    /// Waits until the server closes; true when it did so without sending anything more.
    package func isClosedByServer() throws -> Bool {
        while try readMore() {}
        return received.isEmpty
    }

    /// Sends `text` whenever nothing came for a while, until the server closes; true when it did so
    /// without sending anything more.
    package func isClosedByServer(sending text: String, every pause: Duration) throws -> Bool {
        while !deadline.hasPassed {
            switch connection.read(until: .within(pause)) {
            case .bytes(let bytes): received += bytes
            case .end: return received.isEmpty
            case .nothingInTime: send(text)
            }
        }
        throw TestKitError("the server kept a connection that sent '\(text)' now and then")
    }

    private func takeReply() -> HTTPReply? {
        guard let head = HTTPHead(startOf: received) else { return nil }
        let words = head.startLine.split(separator: " ")
        let end = head.byteCount + (head.contentLength ?? 0)
        guard received.count >= end, words.count >= 2, let status = Int(words[1]) else {
            return nil
        }
        defer { received.removeFirst(end) }
        return HTTPReply(
            status: status, headers: head.headers, body: Array(received[head.byteCount..<end]))
    }

    private func readMore() throws -> Bool {
        switch connection.read(until: deadline) {
        case .bytes(let bytes):
            received += bytes
            return true
        case .end: return false
        case .nothingInTime: throw TestKitError("the server neither answered nor closed in time")
        }
    }
}
