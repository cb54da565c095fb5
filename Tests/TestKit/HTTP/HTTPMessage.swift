// SPDX-License-Identifier: Apache-2.0

/// The head of an HTTP/1.1 message: a start line and headers.
struct HTTPHead {
    /// Everything up to and with the blank line may have this many bytes.
    static let bytesMax = 64 << 10

    let startLine: String
    let headers: [HTTPHeader]

    /// How many bytes the head had, the blank line included.
    let byteCount: Int

    /// The head at the start of `bytes`; nil while its blank line has not arrived.
    init?(startOf bytes: [UInt8]) {
        let end: [UInt8] = [13, 10, 13, 10]
        guard let index = bytes.firstRange(of: end) else { return nil }
        byteCount = index.upperBound
        let text = String(decoding: bytes[..<index.lowerBound], as: UTF8.self)
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
        startLine = String(lines.first ?? "")
        headers = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count > 1 ? parts[1] : ""
            return HTTPHeader(String(parts[0]), String(value).trimmingWhitespace())
        }
    }

    /// The body's size as announced; nil when it is not.
    var contentLength: Int? { headers.first("content-length").flatMap(Int.init) }

    /// Whether the body comes in chunks.
    var isChunked: Bool { headers.first("transfer-encoding")?.lowercased() == "chunked" }

    /// Whether the sender closes the connection after this message.
    var closes: Bool { headers.first("connection")?.lowercased() == "close" }
}

extension String {
    fileprivate func trimmingWhitespace() -> String {
        var text = self[...]
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return String(text)
    }
}

/// A body in chunks (RFC 9112 section 7.1), put together.
///
/// Nil while the last chunk has not arrived; chunk extensions are skipped, trailers are not read.
func dechunked(_ bytes: [UInt8]) -> [UInt8]? {
    var body: [UInt8] = []
    var rest = bytes[...]
    while let lineEnd = rest.firstRange(of: [13, 10]) {
        let line = String(decoding: rest[..<lineEnd.lowerBound], as: UTF8.self)
        guard let size = Int(line.prefix { $0 != ";" }, radix: 16), size >= 0 else { return nil }
        if size == 0 { return body }
        rest = rest[lineEnd.upperBound...]
        guard rest.count >= size + 2 else { return nil }
        body += rest.prefix(size)
        rest = rest.dropFirst(size + 2)
    }
    return nil
}
