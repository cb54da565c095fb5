// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import Testing

@Suite struct PeerNetworkTests {
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.77", true),
        ("192.0.2.1", " 192.0.2.9:40111", true),
        ("192.0.2.1", "::ffff:192.0.2.7", true),
        ("192.0.2.1", "192.0.3.1", false),
        ("2001:db8::1", "2001:db8::2", true),
        ("2001:db8::1", "2001:db8:0:7::9", true),
        ("2001:db8::1", "[2001:0db8::7]:443", true),
        ("2001:db8::1", "2001:db8:1::1", false),
    ])
    func `an address counts for its network however it is written`(
        left: String, right: String, isSame: Bool
    ) {
        #expect(
            (PeerNetwork.number(ofAddress: left) == PeerNetwork.number(ofAddress: right)) == isSame)
    }

    @Test(arguments: [
        "127.0.0.1", "127.3.2.1:99", "::1", "[::1]:80", "::ffff:127.0.0.1", "unknown", "_hidden7",
        "", "192.0.2.1.9", "192.0.2.1:x:y", "<script>",
    ])
    func `this machine is no network, and what is no address neither`(address: String) {
        #expect(PeerNetwork.number(ofAddress: address) == nil)
    }
}
