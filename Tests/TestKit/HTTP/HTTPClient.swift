// SPDX-License-Identifier: Apache-2.0

/// A response as it came from a server under test.
package struct HTTPReply: Sendable {
    /// The status code.
    package let status: Int

    /// The headers in the order they came in.
    package let headers: [HTTPHeader]

    /// The body, put together where it came in chunks.
    package let body: [UInt8]

    /// The body as text; bytes that are no UTF-8 become U+FFFD.
    package var text: String { String(decoding: body, as: UTF8.self) }

    /// The value of the first header called `name`, whatever the case.
    package func header(_ name: String) -> String? {
        headers.first(name)
    }
}

/// Sends one request to a server on loopback over a connection of its own.
package enum HTTPClient {
    /// No response may have more bytes.
    static let responseBytesMax = 64 << 20

    /// Sends a request with `Host`, `Content-Length` (where there is a body) and
    /// `Connection: close` added, and reads the whole response.
    package static func send(
        _ method: String, _ target: String, port: UInt16, headers: [HTTPHeader] = [],
        body: [UInt8] = [], within duration: Duration = CommandRunner.deadline
    ) throws -> HTTPReply {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n"
        for header in headers { head += "\(header)\r\n" }
        if !body.isEmpty || method == "POST" || method == "PUT" {
            if headers.first("content-length") == nil {
                head += "Content-Length: \(body.count)\r\n"
            }
        }
        head += "Connection: close\r\n\r\n"
        let bytes = try exchange(Array(head.utf8) + body, port: port, within: duration)
        return try parse(bytes)
    }

    /// Sends `bytes` as they are and returns everything until the server closes.
    ///
    /// With `halfClose` the server sees the end of the request at once.
    package static func exchange(
        _ bytes: [UInt8], port: UInt16, halfClose: Bool = false,
        within duration: Duration = CommandRunner.deadline
    ) throws -> [UInt8] {
        let connection = try Connection(toPort: port)
        let deadline = Deadline.within(duration)
        // A server may answer and close before it has read everything: what it said still counts.
        _ = connection.write(bytes)
        if halfClose { connection.endWriting() }
        var received: [UInt8] = []
        while received.count <= responseBytesMax {
            switch connection.read(until: deadline) {
            case .bytes(let more): received += more
            case .end: return received
            case .nothingInTime:
                throw TestKitError(
                    "no end of the response after \(duration): \(received.count) bytes")
            }
        }
        throw TestKitError("the response has more than \(responseBytesMax) bytes")
    }

    /// The final response in `bytes`; interim ones (1xx) are skipped.
    static func parse(_ bytes: [UInt8]) throws -> HTTPReply {
        var rest = bytes
        while let head = HTTPHead(startOf: rest) {
            rest.removeFirst(head.byteCount)
            let words = head.startLine.split(separator: " ")
            guard words.count >= 2, let status = Int(words[1]) else { break }
            if (100..<200).contains(status) { continue }
            let body = head.isChunked ? dechunked(rest) : rest
            guard let body, head.contentLength.map({ $0 == body.count }) ?? true else {
                throw TestKitError("the response's body is cut off: \(rest.count) bytes came")
            }
            return HTTPReply(status: status, headers: head.headers, body: body)
        }
        throw TestKitError(
            "no HTTP response in \(String(decoding: bytes.prefix(200), as: UTF8.self))")
    }
}
