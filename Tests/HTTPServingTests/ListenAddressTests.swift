// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import Testing

@Suite struct ListenAddressTests {
    @Test(arguments: [
        ("127.0.0.1:4318", true), ("127.9.9.9:0", true), ("[::1]:80", true),
        ("0.0.0.0:4318", false), ("192.0.2.1:65535", false), ("[::]:1", false),
        ("[2001:db8::1]:443", false),
    ])
    func `a numeric address is read and known as loopback or not`(
        text: String, isLoopback: Bool
    ) throws {
        let address = try ListenAddress(text)
        #expect(address.isLoopback == isLoopback)
        #expect(address.description == text)
    }

    @Test(arguments: [
        "", ":", "4318", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
        "127.0.0.1:+1", "localhost:4318", "::1:4318", "[::1]", "[127.0.0.1]:1", "127.0.0.1:1 ",
    ])
    func `anything else is a bad address`(text: String) {
        let error = #expect(throws: HTTPServerError.self) { try ListenAddress(text) }
        #expect(error?.code == .badAddress)
        #expect(error?.description == "\"\(text)\" is no address and port")
    }
}
