// SPDX-License-Identifier: Apache-2.0

internal import Hashing
internal import HTTPServing

/// Lets through only requests that show a token, as a bearer token or as the password of basic
/// authentication, which a browser asks for.
struct TokenGuard: HTTPHandler {
    private let handler: any HTTPHandler
    private let hash: [UInt8]

    init(_ handler: any HTTPHandler, token: String) {
        self.handler = handler
        hash = SHA256.hash(Array(token.utf8))
    }

    func respond(to request: HTTPRequest) -> HTTPResponse {
        guard let shown = Self.token(of: request),
            constantTimeEquals(SHA256.hash(Array(shown.utf8)), hash)
        else {
            return HTTPResponse.text(.unauthorized, "a token is needed")
                .with("WWW-Authenticate", "Basic realm=\"arpguard-collector\"")
        }
        return handler.respond(to: request)
    }

    func refuse(_ request: HTTPRequest, with status: HTTPStatus) -> HTTPResponse {
        handler.refuse(request, with: status)
    }

    private static func token(of request: HTTPRequest) -> String? {
        if let token = request.bearerToken { return token }
        let parts = request.headers["Authorization"]?.split(separator: " ") ?? []
        guard parts.count == 2, parts[0].lowercased() == "basic",
            let decoded = Base64.decode(String(parts[1]))
        else { return nil }
        let text = String(decoding: decoded, as: UTF8.self)
        return text.firstIndex(of: ":").map { String(text[text.index(after: $0)...]) }
    }
}
