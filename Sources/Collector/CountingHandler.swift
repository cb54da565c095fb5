// SPDX-License-Identifier: Apache-2.0

internal import HTTPServing

/// Counts the answers of a handler that are given at once; those that come later are counted where
/// they are made.
struct CountingHandler: HTTPHandler {
    private let handler: any HTTPHandler
    private let metrics: CollectorMetrics

    init(_ handler: any HTTPHandler, _ metrics: CollectorMetrics) {
        self.handler = handler
        self.metrics = metrics
    }

    func respond(to request: HTTPRequest) -> HTTPResponse {
        counted(handler.respond(to: request))
    }

    func respond(to request: HTTPRequest, later: LaterReply) -> HTTPResponse? {
        handler.respond(to: request, later: later).map(counted)
    }

    func refuse(_ request: HTTPRequest, with status: HTTPStatus) -> HTTPResponse {
        counted(handler.refuse(request, with: status))
    }

    private func counted(_ response: HTTPResponse) -> HTTPResponse {
        metrics.count(response.status)
        return response
    }
}
