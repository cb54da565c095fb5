// SPDX-License-Identifier: Apache-2.0

/// Lets through only requests whose `Host` field names this machine by a loopback name, so that a
/// page from elsewhere can't read a local one by pointing its own name at 127.0.0.1.
public struct HostGuard: HTTPHandler {
    private static let names = ["127.0.0.1", "localhost", "[::1]"]
    private let handler: any HTTPHandler

    /// Guards a handler.
    public init(_ handler: any HTTPHandler) {
        self.handler = handler
    }

    /// Answers by the guarded handler, or with 421 (RFC 9110 section 15.5.20).
    public func respond(to request: HTTPRequest) -> HTTPResponse {
        refusal(of: request) ?? handler.respond(to: request)
    }

    /// Answers by the guarded handler, or with 421.
    public func respond(to request: HTTPRequest, later: LaterReply) -> HTTPResponse? {
        refusal(of: request) ?? handler.respond(to: request, later: later)
    }

    private func refusal(of request: HTTPRequest) -> HTTPResponse? {
        let hosts = request.headers.values("Host")
        guard hosts.count == 1, Self.isLoopback(hosts[0]) else {
            return handler.refuse(request, with: .misdirectedRequest)
        }
        return nil
    }

    /// Refuses as the guarded handler does.
    public func refuse(_ request: HTTPRequest, with status: HTTPStatus) -> HTTPResponse {
        handler.refuse(request, with: status)
    }

    private static func isLoopback(_ host: String) -> Bool {
        names.contains { name in
            guard host.utf8.count >= name.utf8.count,
                equalsIgnoringCase(String(host.prefix(name.count)), name)
            else { return false }
            let rest = host.dropFirst(name.count)
            return rest.isEmpty || rest.first == ":"
        }
    }
}
