// SPDX-License-Identifier: Apache-2.0

/// What answers requests. Calls come on the server's own threads, several at a time when
/// `HTTPLimits.threads` is over one.
public protocol HTTPHandler: Sendable {
    /// Answers a request whose body was received whole.
    func respond(to request: HTTPRequest) -> HTTPResponse

    /// Answers a request whose body was received whole, at once, or by `later` after having
    /// returned nil; the thread serves other connections meanwhile.
    func respond(to request: HTTPRequest, later: LaterReply) -> HTTPResponse?

    /// Answers a request that the server itself refuses, with 413, 429 or 503; its body is empty.
    func refuse(_ request: HTTPRequest, with status: HTTPStatus) -> HTTPResponse
}

extension HTTPHandler {
    /// Answers at once.
    public func respond(to request: HTTPRequest, later: LaterReply) -> HTTPResponse? {
        respond(to: request)
    }

    /// Answers with the status in plain words.
    public func refuse(_ request: HTTPRequest, with status: HTTPStatus) -> HTTPResponse {
        .text(status, status.description)
    }
}

/// A handler made of one closure.
public struct ClosureHandler: HTTPHandler {
    private let closure: @Sendable (HTTPRequest) -> HTTPResponse

    /// Answers every request by `closure`.
    public init(_ closure: @escaping @Sendable (HTTPRequest) -> HTTPResponse) {
        self.closure = closure
    }

    /// Answers by the closure.
    public func respond(to request: HTTPRequest) -> HTTPResponse {
        closure(request)
    }
}
