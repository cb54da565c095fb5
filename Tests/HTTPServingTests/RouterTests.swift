// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import Testing

@Suite struct RouterTests {
    private let router = Router([
        Route(.get, "/items") { _ in .text(.ok, "list") },
        Route(.post, "/items") { _ in .text(.ok, "made") },
        Route(.delete, "/items/{id}") { .text(.ok, $0.parameters["id"] ?? "none") },
    ])

    struct Case: Sendable, CustomTestStringConvertible {
        let request: HTTPRequest
        let status: HTTPStatus
        let body: String
        let allow: String?

        var testDescription: String { "\(request.method) \(request.path)" }
    }

    @Test(arguments: [
        Case(request: .init(.get, "/items"), status: .ok, body: "list\n", allow: nil),
        Case(request: .init(.head, "/items"), status: .ok, body: "list\n", allow: nil),
        Case(request: .init(.post, "/items"), status: .ok, body: "made\n", allow: nil),
        Case(request: .init(.delete, "/items/a.b"), status: .ok, body: "a.b\n", allow: nil),
        Case(
            request: .init(.put, "/items"), status: .methodNotAllowed,
            body: "Method Not Allowed\n", allow: "GET, HEAD, POST"),
        Case(
            request: .init(.get, "/items/7"), status: .methodNotAllowed,
            body: "Method Not Allowed\n", allow: "DELETE"),
        Case(request: .init(.get, "/"), status: .notFound, body: "Not Found\n", allow: nil),
        Case(request: .init(.get, "/items/"), status: .notFound, body: "Not Found\n", allow: nil),
        Case(
            request: .init(.delete, "/items/"), status: .notFound, body: "Not Found\n", allow: nil),
        Case(
            request: .init(.delete, "/items/1/2"), status: .notFound, body: "Not Found\n",
            allow: nil),
    ])
    func `the first matching row answers, else 404 or 405 with Allow`(_ row: Case) {
        let response = router.respond(to: row.request)
        #expect(response.status == row.status)
        #expect(String(decoding: response.body, as: UTF8.self) == row.body)
        #expect(response.headers["allow"] == row.allow)
    }

    @Test func `header names are found in any case and keep their order`() {
        var headers: HTTPHeaders = ["X-One": "1", "x-one": "2"]
        #expect(headers["X-ONE"] == "1")
        #expect(headers.values("x-One") == ["1", "2"])
        headers["X-one"] = "3"
        #expect(headers.values("x-one") == ["3"])
        headers["x-one"] = nil
        #expect(headers.fields.isEmpty)
    }

    @Test func `a media type is read without parameters and in lower case`() {
        let request = HTTPRequest(
            .post, "/", headers: ["content-type": "Application/JSON ; charset=utf-8"])
        #expect(request.mediaType == "application/json")
        #expect(HTTPRequest(.post, "/").mediaType == nil)
    }

    @Test(arguments: [
        ("Bearer abc", "abc"), ("bearer abc", "abc"), ("Basic abc", nil), ("Bearer", nil),
        ("Bearer a b", nil),
    ])
    func `a bearer token is read from Authorization`(field: String, token: String?) {
        let request = HTTPRequest(.get, "/", headers: ["Authorization": field])
        #expect(request.bearerToken == token)
    }
}
