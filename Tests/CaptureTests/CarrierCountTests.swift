// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestKit
import Testing

struct CarrierCountTests {
    /// A cable of two ends in a network of its own, one of which is pulled so many times.
    private static let script = """
        ip link add va type veth peer name vb && ip link set va up && ip link set vb up || exit 9
        "$0" carriers va lo nothing || exit 9
        for pull in $1; do ip link set vb down; ip link set vb up; done
        exec "$0" carriers va lo nothing
        """

    @Test(
        .enabled(if: geteuid() == 0, "only root may make network namespaces"),
        arguments: [0, 1, 7])
    func `each pull is counted for the interface that lost its carrier alone`(pulls: Int) throws {
        let list = Array(repeating: "x", count: pulls).joined(separator: " ")
        let result = try CommandRunner.run(
            "/usr/bin/unshare",
            ["-n", "/bin/sh", "-c", Self.script, Executables.path("sandbox-child"), list])
        try #require(result.status == 0, "\(result.stderr)")
        let told = result.stdout.split(separator: "\n").map { $0.split(separator: " ") }
        try #require(told.count == 2)
        let (before, after) = (try #require(Int(told[0][0])), try #require(Int(told[1][0])))
        #expect(after - before == pulls)
        #expect(told.allSatisfy { $0[1...] == ["0", "none"] }, "\(result.stdout)")
    }
}
