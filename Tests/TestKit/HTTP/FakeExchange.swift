// SPDX-License-Identifier: Apache-2.0

import Foundation

/// One connection of a fake server, served by a thread of its own.
struct FakeExchange {
    /// No request's body may have more bytes.
    static let bodyBytesMax = 64 << 20

    let descriptor: Int32
    let number: Int
    let state: Monitor<FakeServerState>

    /// Serves request after request until either side has enough.
    func run() {
        var connection: Connection? = Connection(owning: descriptor)
        var buffer: [UInt8] = []
        while let current = connection.take() {
            switch serveOne(current, &buffer) {
            case .keep: connection = consume current
            case .close: forget()
            case .reset:
                forget()
                current.reset()
            }
        }
    }

    private enum Ending {
        case keep, close, reset
    }

    /// Leaves the list of open connections, before the descriptor's number can be used again.
    private func forget() {
        state.update { _ = $0.open.remove(descriptor) }
    }

    private func serveOne(_ connection: borrowing Connection, _ buffer: inout [UInt8]) -> Ending {
        guard let head = readHead(connection, &buffer) else { return .close }
        let length = head.contentLength ?? 0
        guard length <= Self.bodyBytesMax else { return .reset }
        if case .resetAfterReceiving(let enough) = state.read(\.nextReply) {
            _ = readBody(connection, &buffer, count: min(length, enough))
            _ = state.update { $0.takeReply() }
            return .reset
        }
        guard let body = readBody(connection, &buffer, count: length) else { return .close }
        let reply = record(head, body)
        let ending = perform(reply, connection)
        return ending == .keep && head.closes ? .close : ending
    }

    private func readHead(
        _ connection: borrowing Connection, _ buffer: inout [UInt8]
    ) -> HTTPHead? {
        while true {
            if let head = HTTPHead(startOf: buffer) {
                buffer.removeFirst(head.byteCount)
                return head
            }
            guard buffer.count <= HTTPHead.bytesMax,
                case .bytes(let more) = connection.read(until: nil)
            else { return nil }
            take(more, &buffer)
        }
    }

    private func readBody(
        _ connection: borrowing Connection, _ buffer: inout [UInt8], count: Int
    ) -> [UInt8]? {
        while buffer.count < count {
            guard case .bytes(let more) = connection.read(until: nil) else { return nil }
            take(more, &buffer)
        }
        defer { buffer.removeFirst(count) }
        return Array(buffer.prefix(count))
    }

    private func take(_ more: [UInt8], _ buffer: inout [UInt8]) {
        buffer += more
        state.update { $0.byteCount += more.count }
    }

    private func record(_ head: HTTPHead, _ body: [UInt8]) -> FakeReply {
        let words = head.startLine.split(separator: " ").map(String.init)
        let request = RecordedRequest(
            method: words.first ?? "", target: words.dropFirst().first ?? "",
            headers: head.headers, body: body, connection: number)
        return state.update { state in
            state.requests.append(request)
            return state.takeReply()
        }
    }

    private func perform(_ reply: FakeReply, _ connection: borrowing Connection) -> Ending {
        switch reply {
        case .answer(let status, let headers, let body):
            let closes = headers.first("connection")?.lowercased() == "close"
            let sent = connection.write(FakeReply.response(status, headers, body))
            return sent && !closes ? .keep : .close
        case .answerAfter(let deed):
            deed()
            return connection.write(FakeReply.response(200, [], [])) ? .keep : .close
        case .closeWithoutReply:
            return .close
        case .resetAfterReceiving:
            return .reset
        case .resetAfterSending(let sent, let announced):
            let body = [UInt8](repeating: 0x41, count: sent)
            let length = HTTPHeader("Content-Length", String(announced))
            _ = connection.write(FakeReply.response(200, [length], body))
            return .reset
        case .neverAnswer:
            waitForClient(connection)
            return .close
        case .drip(let status, let body, let pause):
            return drip(FakeReply.response(status, [], body), pause, connection)
        case .endlessBody:
            _ = connection.write(Array("HTTP/1.1 200 Scripted\r\n\r\n".utf8))
            let chunk = [UInt8](repeating: 0x41, count: 4096)
            while connection.write(chunk) {}
            return .close
        case .raw(let bytes):
            _ = connection.write(bytes)
            return .close
        }
    }

    /// Reads and forgets until the client goes away or the server is stopped.
    private func waitForClient(_ connection: borrowing Connection) {
        while case .bytes = connection.read(until: nil) {}
    }

    private func drip(
        _ bytes: [UInt8], _ pause: Duration, _ connection: borrowing Connection
    ) -> Ending {
        for byte in bytes {
            // The client has nothing more to send, so only its end can come before the pause ends.
            if connection.wait(for: POLLIN, until: .within(pause)) { return .close }
            guard connection.write([byte]) else { return .close }
        }
        return .keep
    }
}
