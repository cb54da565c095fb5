// SPDX-License-Identifier: Apache-2.0

/// The method of a request, compared by its exact spelling (RFC 9110 section 9.1).
public struct HTTPMethod: Sendable, Hashable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// The word on the wire, such as `GET`.
    public let name: String

    /// Makes a method of any word.
    public init(_ name: String) {
        self.name = name
    }

    /// Makes a method of a literal word.
    public init(stringLiteral value: String) {
        name = value
    }

    /// GET.
    public static let get: HTTPMethod = "GET"
    /// HEAD: answered as GET, without the body.
    public static let head: HTTPMethod = "HEAD"
    /// POST.
    public static let post: HTTPMethod = "POST"
    /// PUT.
    public static let put: HTTPMethod = "PUT"
    /// DELETE.
    public static let delete: HTTPMethod = "DELETE"

    /// The word on the wire.
    public var description: String { name }
}

/// One request as a handler sees it. No peer address exists in this type, so none can be stored or
/// logged.
public struct HTTPRequest: Sendable, Equatable {
    /// What is asked.
    public var method: HTTPMethod
    /// The path, percent-decoded, without the query.
    public var path: String
    /// Names and values after `?`, decoded, in order.
    public var query: [HTTPHeaders.Field]
    /// Header fields.
    public var headers: HTTPHeaders
    /// The whole body as it was sent, content coding included; at most `HTTPLimits.bodyBytesMax`.
    public var body: [UInt8]
    /// A number that is the same for all peers of one network (24 bits of IPv4, 48 of IPv6) while
    /// the process runs, and tells nothing of it; nil for a peer on this machine.
    public var peerNetwork: Int?
    /// What the route's `{name}` segments matched; empty outside a router.
    public var parameters: [String: String]

    /// Makes a request; tests use it to call handlers without a server.
    public init(
        _ method: HTTPMethod, _ path: String, query: [HTTPHeaders.Field] = [],
        headers: HTTPHeaders = [:], body: [UInt8] = []
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        parameters = [:]
    }

    /// The first value of a query name; nil when the name is absent.
    public func queryValue(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }

    /// The lower-case media type of `Content-Type` without its parameters; nil when absent.
    public var mediaType: String? {
        guard let value = headers["Content-Type"] else { return nil }
        let type = value.utf8.prefix { $0 != UInt8(ascii: ";") }
        return String(decoding: type.filter { $0 != 0x20 && $0 != 0x09 }, as: UTF8.self)
            .lowercased()
    }

    /// The token of an `Authorization: Bearer` field (RFC 6750 section 2.1); nil without one.
    public var bearerToken: String? {
        guard let value = headers["Authorization"] else { return nil }
        let parts = value.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, equalsIgnoringCase(String(parts[0]), "Bearer") else { return nil }
        return String(parts[1])
    }
}
