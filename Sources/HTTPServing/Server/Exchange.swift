// SPDX-License-Identifier: Apache-2.0

/// One request on its way through libmicrohttpd, from its header fields to its last byte sent.
/// Only the thread of its connection touches it.
final class Exchange {
    private let context: ServerContext
    private let socket: Int32
    private var request: HTTPRequest
    private let framing: BodyFraming
    private var collector: BodyCollector
    /// The network whose share the body is of; nil where bodies have no shares.
    private let network: Int?
    private var reservedBytes = 0
    private var later: LaterReply?

    init(context: ServerContext, request: HTTPRequest, socket: Int32) {
        self.context = context
        framing = BodyFraming(request.headers)
        self.request = request
        self.request.headers = request.headers.trimmed
        self.socket = socket
        collector = BodyCollector(limits: context.limits)
        network = context.limits.bodyBytesPerNetworkMax == 0 ? nil : context.network(request)
        context.requestBegan()
    }

    deinit {
        if let later { context.waitsNoMore(later) }
        giveBack()
        context.deadlines.start(socket)
        context.requestEnded()
    }

    /// The answer that can be given before the body is read; nil when the body is wanted.
    func earlyAnswer() -> HTTPResponse? {
        guard framing.isUnderstood else { return refusal(.badRequest).with("Connection", "close") }
        let length = request.headers["Content-Length"]
        let asksFirst = request.headers["Expect"] != nil
        guard
            BodyCollector.refusesAtOnce(
                contentLength: length, asksFirst: asksFirst, limits: context.limits)
        else { return nil }
        return refusal(.contentTooLarge)
    }

    /// Takes a piece of the body; false when the connection is to be cut.
    func take(_ piece: UnsafeRawBufferPointer) -> Bool {
        unsafe collector.take(piece) { count in
            guard context.room.take(count, of: network) else { return false }
            reservedBytes += count
            return true
        }
        // A body that is refused is held no longer, though its rest may take a while to come.
        if collector.verdict != .collecting { giveBack() }
        return collector.verdict != .cut
    }

    private func giveBack() {
        guard reservedBytes > 0 else { return }
        context.room.giveBack(reservedBytes, of: network)
        reservedBytes = 0
    }

    /// The answer, once the body is complete; nil when it comes later. `suspend` is called then,
    /// and `wake` from any thread when it is there.
    func answer(suspend: () -> Void, wake: @escaping @Sendable () -> Void) -> HTTPResponse? {
        if let later { return closing(later.take() ?? unanswered) }
        if case .refused(let status) = collector.verdict { return refusal(status) }
        context.deadlines.suspend(socket)
        request.body = collector.takeBytes()
        let later = LaterReply()
        if let response = context.handler.respond(to: request, later: later) {
            return closing(response)
        }
        request.body = []
        guard context.waits(later, of: request) else { return closing(unanswered) }
        self.later = later
        return later.takeOrWait(suspend: suspend, wake: wake).map(closing)
    }

    private var unanswered: HTTPResponse { refusal(.serviceUnavailable) }

    private func refusal(_ status: HTTPStatus) -> HTTPResponse {
        closing(context.handler.refuse(request, with: status))
    }

    private func closing(_ response: HTTPResponse) -> HTTPResponse {
        context.isDraining ? response.with("Connection", "close") : response
    }
}
