// SPDX-License-Identifier: Apache-2.0

public import HTTPServing
public import Modules
private import Synchronization
public import Telemetry

/// The local pages over telemetry: what was recorded, what waits, what was sent, what was agreed
/// to. For one person, on loopback, behind a code that works once.
public final class Dashboard: HTTPHandler {
    private let guardian: DashboardGuard
    private let makeControl: @Sendable () -> TelemetryControl
    private let elsewhere: @Sendable () -> TelemetryStatus?
    private let surroundings: @Sendable () -> Surroundings
    private let addressing: @Sendable (String) -> String
    private let index = Mutex(UsageIndex())
    private let statusMemory = Mutex(StatusMemory())
    private let router: Router

    /// A dashboard that a server on `port` of loopback serves.
    ///
    /// - Parameters:
    ///   - control: gives a control that knows the configuration as it is now; it is called for
    ///     each page.
    ///   - elsewhere: gives the status of other folders of the home, whose pending erasures are
    ///     then shown too; nil where there are none.
    ///   - surroundings: gives what is to be seen around telemetry now.
    ///   - addressing: gives a text in which every command reaches this home.
    public init(
        port: UInt16, random: any RandomSource, clock: any WallClock,
        control makeControl: @escaping @Sendable () -> TelemetryControl,
        elsewhere: @escaping @Sendable () -> TelemetryStatus? = { nil },
        surroundings: @escaping @Sendable () -> Surroundings = { Surroundings() },
        addressing: @escaping @Sendable (String) -> String = { $0 }
    ) {
        guardian = DashboardGuard(
            port: port, session: DashboardSession(random: random, clock: clock))
        self.makeControl = makeControl
        self.elsewhere = elsewhere
        self.surroundings = surroundings
        self.addressing = addressing
        router = Router(Self.routes(guardian.session.formToken), refusal: Self.refusal)
    }

    /// The code that opens the first page, once.
    public var code: String { guardian.session.code }

    /// Whether the code was not used yet, and is not too old.
    public var awaitsCode: Bool { guardian.session.awaitsCode }

    /// The local file that carries the code to a browser, so that it stands in no list of
    /// processes and no history.
    public var wayInDocument: String {
        WayInPage(port: guardian.port, code: code).document.markup
    }

    /// Counts what is stored, which takes seconds for a million events, before anyone waits for it.
    public func warmUp() throws {
        _ = try usage(days: 1)
        _ = try status()
    }

    /// Answers a request.
    public func respond(to request: HTTPRequest) -> HTTPResponse {
        let isWayIn = request.path == WayInPage.path && request.method == .post
        let isStyle = [HTMLPage.stylePath, PageFrame.stylePath].contains(request.path)
        if let refusal = guardian.refusal(of: request, isWayIn: isWayIn) {
            if refusal == .noSession, isStyle { return router.respond(to: request) }
            return self.refusal(refusal).response
        }
        if isWayIn { return wayIn(request) }
        do {
            return try answer(request)
        } catch {
            return ErrorPage(error, addressing).response
        }
    }

    /// Answers what the server refuses by itself.
    public func refuse(_ request: HTTPRequest, with status: HTTPStatus) -> HTTPResponse {
        router.refuse(request, with: status)
    }

    private func wayIn(_ request: HTTPRequest) -> HTTPResponse {
        let code = request.formFields?.first { $0.name == "code" }?.value ?? ""
        let clean = code.filter { !$0.isWhitespace }.lowercased()
        guard let cookie = guardian.session.open(with: clean) else {
            return refusal(.noSession).response
        }
        return WelcomePage().response.with("Set-Cookie", guardian.setCookie(cookie))
    }

    private func refusal(_ refusal: DashboardGuard.Refusal) -> RefusalPage {
        RefusalPage(refusal, awaitsCode: awaitsCode, addressing)
    }

    private func answer(_ request: HTTPRequest) throws -> HTTPResponse {
        let visit = Visit(
            request: request, control: makeControl(), token: guardian.session.formToken,
            usage: usage, status: status, surroundings: surroundings, addressing: addressing)
        let method = request.method == .head ? .get : request.method
        for page in DashboardPages.all where page.method == method {
            guard let parameters = page.pattern.match(request.path) else { continue }
            return try page.answer(visit.with(parameters))
        }
        return router.respond(to: request)
    }

    private func usage(days: Int32) throws -> Usage {
        let control = makeControl()
        return try index.withLock { index in try control.usage(&index, days: days) }
    }

    private func status() throws -> TelemetryStatus {
        let control = makeControl()
        var status = try statusMemory.withLock { memory in try control.status(&memory) }
        if let elsewhere = elsewhere() { status.add(erasuresOf: elsewhere) }
        return status
    }

    /// What is answered without a look at telemetry; also says which method a known path has.
    private static func routes(_ token: String) -> [Route] {
        let pages = DashboardPages.all.map { page in
            Route(page.method, page.pattern.description) { _ in .text(.notFound, "Not Found") }
        }
        return pages + [HTMLPage.styleRoute, PageFrame.styleRoute]
    }

    private static func refusal(_ request: HTTPRequest, _ status: HTTPStatus) -> HTTPResponse {
        var response = PageFrame(
            title: status.description,
            content: "<p>There is no such page. <a href=\"/\">Back to the first</a></p>"
        ).response
        response.status = status
        return response
    }
}

/// One request with all that a page needs to answer it.
struct Visit {
    var request: HTTPRequest
    let control: TelemetryControl
    /// The token that every form carries.
    let token: String
    /// What the stored events of so many days amount to.
    let usage: (Int32) throws -> Usage
    /// The status now.
    let status: () throws -> TelemetryStatus
    /// What is to be seen around telemetry now.
    let surroundings: () -> Surroundings
    /// A text in which every command reaches this home.
    let addressing: (String) -> String

    func with(_ parameters: [String: String]) -> Visit {
        var visit = self
        visit.request.parameters = parameters
        return visit
    }

    /// A field of the form that was sent.
    func field(_ name: String) -> String? {
        request.formFields?.first { $0.name == name }?.value
    }

    /// A whole number of the query; nil where it is absent or none.
    func number(_ name: String) -> Int64? { request.queryValue(name).flatMap { Int64($0) } }
}

/// One row of the table of pages.
struct DashboardRoute {
    let method: HTTPMethod
    let pattern: RoutePattern
    let answer: @Sendable (Visit) throws -> HTTPResponse

    init(
        _ method: HTTPMethod, _ pattern: String,
        _ answer: @escaping @Sendable (Visit) throws -> HTTPResponse
    ) {
        self.method = method
        self.pattern = RoutePattern(pattern)
        self.answer = answer
    }
}

/// Every page and every form. A GET changes nothing.
enum DashboardPages {
    static let all: [DashboardRoute] = [
        DashboardRoute(.get, "/") { try UsagePage($0).response },
        DashboardRoute(.get, "/usage.json") { try UsagePage($0).jsonResponse },
        DashboardRoute(.get, "/stored") { try StoredPage($0).response },
        DashboardRoute(.get, "/review") { try ReviewPage($0).response },
        DashboardRoute(.get, "/sent") { try SentPage($0).response },
        DashboardRoute(.get, "/ledger") { try LedgerPage($0).response },
        DashboardRoute(.get, "/consent") { try ConsentPage($0).response },
        DashboardRoute(.get, "/batch/{uid}") { try BatchPage($0).response },
        DashboardRoute(.get, "/batch/{uid}/body") { try BatchPage($0).bodyResponse },
        DashboardRoute(.post, "/review/prepare") { try ReviewForms($0).prepare() },
        DashboardRoute(.post, "/review/release") { try ReviewForms($0).release() },
        DashboardRoute(.post, "/review/withhold") { try ReviewForms($0).withhold() },
        DashboardRoute(.post, "/review/drop-event") { try ReviewForms($0).dropEvent() },
        DashboardRoute(.post, "/review/drop-type") { try ReviewForms($0).dropType() },
    ]
}
