// SPDX-License-Identifier: Apache-2.0

private import CMicrohttpd

/// One request on its way through libmicrohttpd, from its header fields to its last byte sent.
/// Only the thread of its connection touches it.
final class Exchange {
    private let context: ServerContext
    private var request: HTTPRequest
    private var collector: BodyCollector
    private var reservedBytes = 0

    init(context: ServerContext, request: HTTPRequest) {
        self.context = context
        self.request = request
        collector = BodyCollector(limits: context.limits)
        context.requestBegan()
    }

    deinit {
        context.requestEnded(bodyBytes: reservedBytes)
    }

    /// The answer that can be given before the body is read; nil when the body is wanted.
    func earlyAnswer() -> HTTPResponse? {
        let length = request.headers["Content-Length"]
        guard BodyCollector.refusesAtOnce(contentLength: length, limits: context.limits) else {
            return nil
        }
        return refusal(.contentTooLarge)
    }

    /// Takes a piece of the body; false when the connection is to be cut.
    func take(_ piece: UnsafeRawBufferPointer) -> Bool {
        unsafe collector.take(piece) { count in
            guard context.reserve(bodyBytes: count) else { return false }
            reservedBytes += count
            return true
        }
        return collector.verdict != .cut
    }

    /// The answer, once the body is complete.
    func answer() -> HTTPResponse {
        if case .refused(let status) = collector.verdict { return refusal(status) }
        request.body = collector.bytes
        return closing(context.handler.respond(to: request))
    }

    private func refusal(_ status: HTTPStatus) -> HTTPResponse {
        closing(context.handler.refuse(request, with: status))
    }

    private func closing(_ response: HTTPResponse) -> HTTPResponse {
        context.isDraining ? response.with("Connection", "close") : response
    }
}
