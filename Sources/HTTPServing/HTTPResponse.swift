// SPDX-License-Identifier: Apache-2.0

/// One answer: status, header fields and the whole body.
public struct HTTPResponse: Sendable, Equatable {
    /// The status line's code.
    public var status: HTTPStatus
    /// Header fields; length, date and connection are added when it is sent.
    public var headers: HTTPHeaders
    /// The body, sent as it is.
    public var body: [UInt8]

    /// Makes a response.
    public init(_ status: HTTPStatus, headers: HTTPHeaders = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A plain UTF-8 text; a line end is added.
    public static func text(_ status: HTTPStatus, _ text: String) -> HTTPResponse {
        HTTPResponse(
            status, headers: ["Content-Type": "text/plain; charset=utf-8"],
            body: Array((text + "\n").utf8))
    }

    /// A JSON text that is already serialised.
    public static func json(_ status: HTTPStatus, _ text: String) -> HTTPResponse {
        HTTPResponse(
            status, headers: ["Content-Type": "application/json"], body: Array(text.utf8))
    }

    /// The same response with one header field set.
    public func with(_ name: String, _ value: String) -> HTTPResponse {
        var response = self
        response.headers[name] = value
        return response
    }
}
