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
    /// The metrics as text.
    let metrics: @Sendable () -> String

    /// The routing table, closed to requests without the token, or to those that name another host
    /// where no token is asked for.
    var handler: any HTTPHandler {
        if let token = configuration.adminToken { return TokenGuard(router, token: token) }
        return HostGuard(router)
    }

    private var router: Router {
        Router([
            Route(.get, "/") { request in
                answer(request) { insight in
                    InsightPage(
                        insight: insight, retention: configuration.retention,
                        ways: ways(insight)
                    )
                    .page.response
                }
            },
            Route(.get, "/api/v1/insight") { request in
                answer(request) { .json(.ok, $0.json.serialized(.pretty) + "\n").unstored }
            },
            Route(.get, "/metrics") { _ in
                HTTPResponse(
                    .ok, headers: ["Content-Type": "text/plain; version=0.0.4"],
                    body: Array(metrics().utf8)
                ).unstored
            },
            Route(.get, "/readyz") { _ in ready().unstored },
            HTMLPage.styleRoute,
        ])
    }

    /// Links to other ranges of days, and to other services.
    private func ways(_ insight: Insight) -> HTML {
        let last = insight.days.upperBound
        let ranges = [1, 7, 30, 90, 365].map { count -> HTML in
            let first = Day(number: last.number - Int32(count) + 1)
            let query = "?service=\(percentEncoded(insight.service))&from=\(first)&to=\(last)"
            return "<a href=\"/\(query)\">\(count == 1 ? "1 day" : "\(count) days")</a>"
        }
        let services = insight.services.filter { $0 != insight.service }.map { service -> HTML in
            "<a href=\"/?service=\(percentEncoded(service))\">\(service)</a>"
        }
        return "<p class=\"ways\">\(HTML.join(ranges + services))</p>"
    }

    private func ready() -> HTTPResponse {
        do {
            try storage.checkReady()
            return .text(.ok, "ready")
        } catch {
            return .text(.serviceUnavailable, "the store can't be written")
        }
    }

    private func answer(
        _ request: HTTPRequest, _ render: (Insight) -> HTTPResponse
    ) -> HTTPResponse {
        do {
            try checkNames(request)
            let days = try InsightRange.days(
                from: request.queryValue("from"), to: request.queryValue("to"),
                today: clock.now().day, count: configuration.insightDays)
            return render(
                try storage.insight(
                    of: request.queryValue("service"), in: days, k: configuration.k))
        } catch let problem as InsightRange.Problem {
            return .text(.badRequest, problem.description).unstored
        } catch {
            logger.log(.error, "\(error)")
            return .text(.serviceUnavailable, "the store failed").unstored
        }
    }

    /// Who misspells a name, says one twice, or asks for another `k` is not shown something else.
    private func checkNames(_ request: HTTPRequest) throws(InsightRange.Problem) {
        let names = ["service", "from", "to"]
        guard request.query.allSatisfy({ names.contains($0.name) }) else {
            let list = names.joined(separator: ", ")
            throw InsightRange.Problem(description: "an insight can be asked for by \(list) alone")
        }
        guard Set(request.query.map(\.name)).count == request.query.count else {
            throw InsightRange.Problem(description: "a parameter is given twice")
        }
        guard request.queryValue("service") != "" else {
            throw InsightRange.Problem(
                description: "the service is empty: leave it out for the one with most "
                    + "installations")
        }
    }
}

extension HTTPResponse {
    /// What no cache keeps and no browser takes for something else, as the pages are.
    fileprivate var unstored: HTTPResponse {
        with("Cache-Control", "no-store").with("X-Content-Type-Options", "nosniff")
    }
}
