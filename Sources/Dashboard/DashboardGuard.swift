// SPDX-License-Identifier: Apache-2.0

internal import HTTPServing

/// Lets through what comes from the session's own pages.
///
/// - The `Host` field must be this very server: a name from elsewhere that was pointed at loopback
///   gets nothing (DNS rebinding).
/// - A form must come from this origin, and carry the session's token.
/// - Everything but the way in needs the session's cookie.
struct DashboardGuard {
    /// Why a request is refused.
    enum Refusal: Equatable {
        case otherHost
        case otherOrigin
        case noSession
        case noToken
    }

    let port: UInt16
    let session: DashboardSession

    /// Cookies know no ports, so the port is part of the name.
    var cookieName: String { "arpguard_dashboard_\(port)" }

    private static let names = ["127.0.0.1", "localhost"]
    /// The port that clients leave out of `Host` and `Origin` (RFC 9110 section 4.2.1).
    private static let portLeftOut: UInt16 = 80

    private var hosts: [String] {
        Self.names.map { "\($0):\(port)" } + (port == Self.portLeftOut ? Self.names : [])
    }

    /// Why the request is refused; nil if it is fine.
    ///
    /// - Parameter isWayIn: whether it is the form with the code, which comes from a local file.
    func refusal(of request: HTTPRequest, isWayIn: Bool) -> Refusal? {
        let named = request.headers.values("Host")
        guard named.count == 1, hosts.contains(named[0].lowercased()) else { return .otherHost }
        let isForm = request.method == .post
        if isForm, !isOwnOrigin(request, host: named[0], isWayIn: isWayIn) { return .otherOrigin }
        if isWayIn { return nil }
        guard session.isOpen(cookie: cookie(of: request)) else { return .noSession }
        let token = request.formFields?.first { $0.name == "token" }?.value
        if isForm, !session.owns(formToken: token) { return .noToken }
        return nil
    }

    /// Browsers name the origin of every form that is sent; a local file's is `null`.
    private func isOwnOrigin(_ request: HTTPRequest, host: String, isWayIn: Bool) -> Bool {
        let origins = request.headers.values("Origin")
        guard origins.count == 1 else { return false }
        return origins[0].lowercased() == "http://\(host.lowercased())"
            || (isWayIn && origins[0] == "null")
    }

    private func cookie(of request: HTTPRequest) -> String? {
        let pairs = request.headers.values("Cookie").flatMap { $0.split(separator: ";") }
        let found = pairs.compactMap { pair -> Substring? in
            let pair = pair.drop { $0 == " " }
            guard pair.hasPrefix(cookieName + "=") else { return nil }
            return pair.dropFirst(cookieName.count + 1)
        }
        return found.count == 1 ? String(found[0]) : nil
    }

    /// The `Set-Cookie` field of a session that was opened.
    func setCookie(_ value: String) -> String {
        "\(cookieName)=\(value); Path=/; HttpOnly; SameSite=Strict"
    }
}
