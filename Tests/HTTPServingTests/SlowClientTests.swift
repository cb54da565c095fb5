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
}
