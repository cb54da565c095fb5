// SPDX-License-Identifier: Apache-2.0

/// A status code of a response (RFC 9110 section 15).
public struct HTTPStatus: Sendable, Hashable, CustomStringConvertible {
    /// The number on the wire, 100 to 599.
    public let code: Int

    /// Makes a status of any number; the known ones are static members.
    public init(_ code: Int) {
        self.code = code
    }

    /// 200.
    public static let ok = HTTPStatus(200)
    /// 204: done, and there is no body.
    public static let noContent = HTTPStatus(204)
    /// 303: what was asked is done, look there.
    public static let seeOther = HTTPStatus(303)
    /// 400.
    public static let badRequest = HTTPStatus(400)
    /// 401.
    public static let unauthorized = HTTPStatus(401)
    /// 403.
    public static let forbidden = HTTPStatus(403)
    /// 404.
    public static let notFound = HTTPStatus(404)
    /// 405, always sent with `Allow`.
    public static let methodNotAllowed = HTTPStatus(405)
    /// 409: what was asked can't be done as things stand.
    public static let conflict = HTTPStatus(409)
    /// 413: the body is over a limit.
    public static let contentTooLarge = HTTPStatus(413)
    /// 415.
    public static let unsupportedMediaType = HTTPStatus(415)
    /// 421: the `Host` field names a server that this one is not.
    public static let misdirectedRequest = HTTPStatus(421)
    /// 429: too many requests at a time, to be tried again.
    public static let tooManyRequests = HTTPStatus(429)
    /// 431: header fields over a limit.
    public static let headersTooLarge = HTTPStatus(431)
    /// 500.
    public static let internalServerError = HTTPStatus(500)
    /// 503, to be tried again.
    public static let serviceUnavailable = HTTPStatus(503)

    /// The reason phrase of the code, or "Status" and the number for one without a name here.
    public var description: String {
        Self.reasons[code] ?? "Status \(code)"
    }

    private static let reasons: [Int: String] = [
        200: "OK", 204: "No Content", 303: "See Other", 400: "Bad Request", 401: "Unauthorized",
        403: "Forbidden",
        404: "Not Found", 405: "Method Not Allowed", 409: "Conflict", 413: "Content Too Large",
        415: "Unsupported Media Type", 421: "Misdirected Request",
        429: "Too Many Requests", 431: "Request Header Fields Too Large",
        500: "Internal Server Error", 503: "Service Unavailable",
    ]
}
