// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import TestKit
import Testing

@Suite struct SlowClientTests {
    @Test(arguments: [
        "", "GET / HTTP/1.1\r\nHost: a\r\nX-Long: ",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n",
    ])
    func `a byte now and then does not keep a connection that completes no request`(
        begun: String
    ) throws {
        let limits = HTTPLimits(requestSecondsMax: 1)
        let server = try HTTPServer(listen: .loopback(port: 0), limits: limits) { request in
            .text(.ok, "\(request.body.count)")
        }
        let connection = try RawConnection(port: server.port)
        connection.send(begun)
        #expect(try connection.isClosedByServer(sending: "x", every: .milliseconds(100)))
        // Whoever completes a request is answered all the while.
        #expect(try HTTPClient.send("GET", "/", port: server.port).status == 200)
    }

    @Test(arguments: [0, 1_000, 100_000, 3_900_000])
    func `a client that goes in the midst of a body keeps nothing`(bytes: Int) throws {
        let server = try HTTPServer(listen: .loopback(port: 0)) { _ in .text(.ok, "") }
        let connection = try RawConnection(port: server.port, within: .seconds(15))
        connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n")
        connection.send(String(repeating: "x", count: bytes))
        connection.endSending()
        #expect(try connection.isClosedByServer())
    }

    @Test func `a client that ends its half of the connection is answered`() throws {
        let server = try HTTPServer(listen: .loopback(port: 0)) { request in
            .text(.ok, "\(request.body.count)")
        }
        let connection = try RawConnection(port: server.port)
        connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n")
        connection.send(String(repeating: "x", count: 100_000))
        connection.endSending()
        let reply = try connection.response()
        #expect(reply.text == "100000\n", "\(reply)")
    }
}
