// SPDX-License-Identifier: Apache-2.0

/// A path of fixed segments and `{name}` segments that match any one segment that is not empty.
public struct RoutePattern: Sendable, Equatable, CustomStringConvertible {
    /// The pattern as it was written.
    public let description: String
    private let segments: [Substring]

    /// Makes a pattern such as `/v1/installations/{id}`.
    public init(_ pattern: String) {
        description = pattern
        segments = Self.segments(of: description)
    }

    /// What the `{name}` segments match in `path`; nil when the path is another one.
    public func match(_ path: String) -> [String: String]? {
        let given = Self.segments(of: path)
        guard given.count == segments.count else { return nil }
        var parameters: [String: String] = [:]
        for (segment, value) in zip(segments, given) {
            if segment.hasPrefix("{"), !value.isEmpty {
                parameters[String(segment.dropFirst().dropLast())] = String(value)
            } else if segment != value {
                return nil
            }
        }
        return parameters
    }

    private static func segments(of path: String) -> [Substring] {
        path.split(separator: "/", omittingEmptySubsequences: false)
    }
}

/// One row of a routing table.
public struct Route: Sendable {
    /// The method that the row answers; `GET` also answers `HEAD`.
    public let method: HTTPMethod
    /// The paths that the row answers.
    public let pattern: RoutePattern
    /// What answers; `parameters` of the request are filled in.
    public let handler: @Sendable (HTTPRequest, LaterReply) -> HTTPResponse?

    /// Makes a row that answers at once.
    public init(
        _ method: HTTPMethod, _ pattern: String,
        _ handler: @escaping @Sendable (HTTPRequest) -> HTTPResponse
    ) {
        self.init(method, pattern, later: { request, _ in handler(request) })
    }

    /// Makes a row that answers at once, or later after having returned nil.
    public init(
        _ method: HTTPMethod, _ pattern: String,
        later handler: @escaping @Sendable (HTTPRequest, LaterReply) -> HTTPResponse?
    ) {
        self.method = method
        self.pattern = RoutePattern(pattern)
        self.handler = handler
    }
}

/// A routing table: the first row that matches answers; 404 for an unknown path, 405 with `Allow`
/// for a known path with another method.
public struct Router: HTTPHandler {
    private let routes: [Route]
    private let refusal: @Sendable (HTTPRequest, HTTPStatus) -> HTTPResponse

    /// Makes a table. `refusal` writes the body of every answer that the table or the server gives
    /// by itself (404, 405, 413, 503); the default is plain text.
    public init(
        _ routes: [Route],
        refusal: @escaping @Sendable (HTTPRequest, HTTPStatus) -> HTTPResponse = { _, status in
            .text(status, status.description)
        }
    ) {
        self.routes = routes
        self.refusal = refusal
    }

    /// Answers by the table; a row that would answer later gives 503 here.
    public func respond(to request: HTTPRequest) -> HTTPResponse {
        respond(to: request, later: LaterReply()) ?? refusal(request, .serviceUnavailable)
    }

    /// Answers by the table.
    public func respond(to request: HTTPRequest, later: LaterReply) -> HTTPResponse? {
        let method = request.method == .head ? .get : request.method
        var allowed: [HTTPMethod] = []
        for route in routes {
            guard let parameters = route.pattern.match(request.path) else { continue }
            guard route.method == method else {
                allowed.append(route.method)
                continue
            }
            var matched = request
            matched.parameters = parameters
            return route.handler(matched, later)
        }
        guard !allowed.isEmpty else { return refusal(request, .notFound) }
        return refusal(request, .methodNotAllowed).with("Allow", Self.allow(allowed))
    }

    /// Answers by the refusal that the table was made with.
    public func refuse(_ request: HTTPRequest, with status: HTTPStatus) -> HTTPResponse {
        refusal(request, status)
    }

    private static func allow(_ methods: [HTTPMethod]) -> String {
        let all = methods.flatMap { $0 == .get ? [.get, .head] : [$0] }
        return all.map(\.name).joined(separator: ", ")
    }
}
