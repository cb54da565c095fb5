// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Modules
import Telemetry
import TelemetryTesting
import TestKit
import Testing

/// What a host program's own tests may rely on.
@Suite struct RehearsalTests {
    private let product = Product("swiftlinter", version: "2.1.0")

    @Test func `the folder that a host's configuration names is left alone`() throws {
        let folder = try TemporaryDirectory()
        var config = TelemetryModuleConfig(uploadURL: "https://t.example.org/v1/logs")
        config.storagePath = folder.file("real")
        let rehearsal = try TelemetryRehearsal(for: product, config: config)
        #expect(rehearsal.telemetry.trackEvent("app_start", ["os": "linux"]))
        #expect(try rehearsal.events().map(\.name) == ["app_start"])
        #expect(try rehearsal.preview()?.contains("app_start") == true)
        #expect(try folder.contents().isEmpty)
    }

    @Test func `a yes in the host's real folder is none for it, and stays as it is`() throws {
        let home = try Home()
        try home.enable()
        var config = TelemetryModuleConfig.withURL
        config.storagePath = home.storage
        let rehearsal = try TelemetryRehearsal(for: product, config: config)
        #expect(rehearsal.telemetry.trackEvent("app_start", ["os": "linux"]))
        #expect(try rehearsal.events().count == 1)
        #expect(try home.control().events().isEmpty)
    }

    @Test func `names and identifier of the machine are not read`() throws {
        let seams = TelemetryRehearsal.seams(for: product, home: "/rehearsal", clock: SystemClock())
        #expect(!MachineNames.read().isEmpty)
        for name in MachineNames.read() { #expect(!seams.ownNames.occur(in: name)) }
        #expect(seams.machineIDPath.hasPrefix("/rehearsal/"))
        #expect(seams.policyPath?.hasPrefix("/rehearsal/") == true)
        #expect(seams.environment.isEmpty)
    }
}
