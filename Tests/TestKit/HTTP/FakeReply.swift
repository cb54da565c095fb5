// SPDX-License-Identifier: Apache-2.0

/// What a `FakeServer` does with one request: answer it, or misbehave.
package enum FakeReply: Sendable {
    /// A well-formed response; `Content-Length` is added unless `headers` has one.
    case answer(_ status: Int = 200, headers: [HTTPHeader] = [], body: [UInt8] = [])

    /// A status of 200 once this was done.
    case answerAfter(@Sendable () -> Void)

    /// The request is read, then the connection is closed without a byte.
    case closeWithoutReply

    /// The connection is reset once `bodyBytes` bytes of the request's body have been read.
    case resetAfterReceiving(bodyBytes: Int)

    /// A status of 200 announcing `announced` bytes of body, `sent` of them, then a reset.
    case resetAfterSending(bodyBytes: Int, of: Int)

    /// The request is read and nothing follows until the client or the test gives up.
    case neverAnswer

    /// A well-formed response, one byte at a time with `pause` before each.
    case drip(_ status: Int = 200, body: [UInt8] = [], pause: Duration)

    /// A status of 200 without a length and a body that ends when the client does.
    case endlessBody

    /// These bytes, whatever they are, then an orderly end.
    case raw([UInt8])

    /// A response with `text` as its body.
    package static func text(
        _ status: Int, _ text: String, headers: [HTTPHeader] = []
    ) -> FakeReply {
        .answer(status, headers: headers, body: Array(text.utf8))
    }

    static func response(_ status: Int, _ headers: [HTTPHeader], _ body: [UInt8]) -> [UInt8] {
        var head = "HTTP/1.1 \(status) Scripted\r\n"
        for header in headers { head += "\(header)\r\n" }
        let mayHaveBody = status >= 200 && status != 204 && status != 304
        if mayHaveBody && headers.first("content-length") == nil {
            head += "Content-Length: \(body.count)\r\n"
        }
        return Array((head + "\r\n").utf8) + body
    }
}

extension FakeReply: CustomStringConvertible {
    /// A short name for tables of cases.
    package var description: String {
        switch self {
        case .answer(let status, _, let body): "answer \(status), \(body.count) bytes"
        case .answerAfter: "answer after something else"
        case .closeWithoutReply: "close without reply"
        case .resetAfterReceiving(let bodyBytes): "reset after receiving \(bodyBytes) bytes"
        case .resetAfterSending(let sent, let announced):
            "reset after \(sent) of \(announced) bytes"
        case .neverAnswer: "never answer"
        case .drip: "drip"
        case .endlessBody: "endless body"
        case .raw(let bytes): "raw: \(String(decoding: bytes.prefix(40), as: UTF8.self))"
        }
    }
}
