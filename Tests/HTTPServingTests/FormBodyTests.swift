// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import TestKit
import Testing

@Suite struct FormBodyTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let body: String
        let said: String

        init(_ body: String, _ said: String) { (self.body, self.said) = (body, said) }
        var testDescription: String { body }
    }

    static let cases = [
        Case("", ""), Case("a=1&b=2", "a:1,b:2"), Case("a=1&&b", "a:1,b:"),
        Case("a=x=y", "a:x=y"), Case("a+b=c+d", "a b:c d"), Case("a%20b=%2B%2f%C3%A9", "a b:+/é"),
        Case("a=%26%3D%25", "a:&=%"), Case("a=%zz%4", "a:%zz%4"), Case("a=%", "a:%"),
        Case("a=%FF", "none"), Case("%C3=1", "none"),
    ]

    @Test(arguments: cases)
    func `a form is read as browsers write it`(_ each: Case) throws {
        let server = try HTTPServer(listen: .loopback(port: 0)) { request in
            let fields = request.formFields?.map { "\($0.name):\($0.value)" }
            return .text(.ok, fields?.joined(separator: ",") ?? "none")
        }
        let type = HTTPHeader("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
        let body = Array(each.body.utf8)
        let form = try HTTPClient.send("POST", "/", port: server.port, headers: [type], body: body)
        #expect(form.text == each.said + "\n")
        #expect(try HTTPClient.send("POST", "/", port: server.port, body: body).text == "none\n")
    }
}
