// SPDX-License-Identifier: Apache-2.0

internal import HTTPServing
internal import JSON
internal import Modules

/// The answers of the admin listener: the insight as a page and as JSON.
struct AdminRoutes: Sendable {
    let configuration: CollectorConfiguration
    let storage: any CollectorStorage
    let clock: any WallClock
    let logger: Logger

    /// The routing table, closed to requests that name another host.
    var handler: any HTTPHandler {
        HostGuard(
            Router([
                Route(.get, "/") { request in
                    answer(request) { insight in
                        InsightPage(insight: insight, retention: configuration.retention)
                            .page.response
                    }
                },
                Route(.get, "/api/v1/insight") { request in
                    answer(request) { .json(.ok, $0.json.serialized(.pretty) + "\n") }
                },
                HTMLPage.styleRoute,
            ]))
    }

    private func answer(
        _ request: HTTPRequest, _ render: (Insight) -> HTTPResponse
    ) -> HTTPResponse {
        do {
            let days = try InsightRange.days(
                from: request.queryValue("from"), to: request.queryValue("to"),
                today: clock.now().day, count: configuration.insightDays)
            return render(
                try storage.insight(
                    of: request.queryValue("service"), in: days, k: configuration.k))
        } catch let problem as InsightRange.Problem {
            return .text(.badRequest, problem.description)
        } catch {
            logger.log(.error, "\(error)")
            return .text(.serviceUnavailable, "the store failed")
        }
    }
}
