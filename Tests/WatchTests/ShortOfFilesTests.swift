// SPDX-License-Identifier: Apache-2.0

import Capture
import TestKit
import Testing

/// A watch that the machine gives too little.
@Suite struct ShortOfFilesTests {
    private static let interface = NetworkInterface.all()
        .first { $0.isUp && $0.isEthernet && !$0.isLoopback && ShortOfFilesTests.isPlain($0.name) }?
        .name

    private static func isPlain(_ name: String) -> Bool {
        name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
    }

    @Test(.enabled(if: interface != nil, "no interface could be watched"))
    func `a watch that may open no more files is told so, and what to do`() throws {
        let folder = try TemporaryDirectory()
        let interface = try #require(Self.interface)
        let result = try CommandRunner.run(
            "/bin/sh",
            [
                "-c", "ulimit -n 5; exec \"$0\" watch -i \"$1\"", Executables.path("arpguard"),
                interface,
            ], environment: ["ARPGUARD_HOME": folder.file("own")])
        #expect(result.status == 2)
        #expect(
            result.stderr == """
                arpguard: error: the capture process of \(interface) can't be started: \
                socketpair: Too many open files
                arpguard: hint: allow this program more open files (ulimit -n), then try again

                """)
    }
}
