// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import TestKit
import Testing

@Suite struct PackageTests {
    private static let isFull = unsafe getenv("ARPGUARD_TEST_FULL").map {
        unsafe String(cString: $0) != "0"
    }
    private static let canInstall =
        unsafe geteuid() == 0 && access("/usr/bin/mmdebstrap", X_OK) == 0
        && access("/usr/bin/lintian", X_OK) == 0
        && access("/usr/bin/systemd-nspawn", X_OK) == 0
        && access(RepositoryRoot.file("dist/SHA256SUMS"), R_OK) == 0

    @Test func `the example configuration is sound and decides nothing about telemetry`() throws {
        let arpguard = try Arpguard()
        let path = RepositoryRoot.file("Packaging/examples/config.json")
        #expect(try arpguard("config", "check", path).status == 0)
        let config = try JSONValue.parse(try RepositoryRoot.read("Packaging/examples/config.json"))
        #expect(config["telemetry"]?["upload_review"] != nil)
        #expect(config["telemetry"]?["enabled"] == nil)
    }

    @Test(arguments: ["arpguard", "arpguard-upload", "arpguard-collector"])
    func `a service has a user of its own and few rights`(unit: String) throws {
        let text = try RepositoryRoot.read("Packaging/systemd/\(unit).service")
        let lines = Set(text.split(separator: "\n").map(String.init))
        let user = unit == "arpguard-collector" ? "arpguard-collector" : "arpguard"
        let rights = unit == "arpguard" ? "CAP_NET_RAW" : ""
        #expect(
            lines.isSuperset(of: [
                "User=\(user)", "CapabilityBoundingSet=\(rights)", "NoNewPrivileges=yes",
                "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes",
                "StateDirectoryMode=0700", "MemoryDenyWriteExecute=yes",
            ]))
    }

    @Test(
        .enabled(if: isFull ?? false, "it makes a Debian of its own: make test-full"),
        .enabled(
            if: canInstall, "needs root, mmdebstrap, lintian, systemd-nspawn, packages: make deb"))
    func `the packages install, boot into services that work, upgrade, and go without a trace`()
        throws
    {
        let result = try CommandRunner.run(
            RepositoryRoot.file("Scripts/deb-test"), environment: ["HOME": "/tmp"],
            deadline: .seconds(1800))
        #expect(result.status == 0, "\(result.stdout)\(result.stderr)")
        #expect(result.stdout.hasSuffix("deb-test: passed\n"))
    }
}
