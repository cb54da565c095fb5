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

    @Test func `what the catalogue refuses is named, each once, by whichever way it came`() throws {
        enum Colour: String, CaseIterable, Sendable { case red }
        let painted = Event(
            "painted", since: "2.0", purpose: "Colours",
            Property.choice("colour", Colour.self, since: "2.0", purpose: "Which"),
            Property.count("layers", max: 9, since: "2.0", purpose: "How many"))
        let other = Event(
            "scraped", since: "2.0", purpose: "Colours",
            Property.count("layers", max: 9, since: "2.0", purpose: "How many"))
        let rehearsal = try TelemetryRehearsal(
            for: product, catalogue: Catalogue.standard.adding(painted))
        let telemetry = rehearsal.telemetry
        #expect(rehearsal.refusals().isEmpty)
        #expect(telemetry.track(painted, .red, 10))
        #expect(telemetry.trackEvent("painted", ["colour": "no such", "layers": 3]))
        #expect(rehearsal.refusals().isEmpty, "a bound and another word are no refusals")
        for _ in 0..<2 {
            #expect(!telemetry.trackEvent("paint", ["layers": 1]))
            #expect(telemetry.trackEvent("painted", ["layers": -1, "colour": 1, "user": "ada"]))
            #expect(telemetry.track(painted, .red, -1))
            #expect(!telemetry.track(other, 1))
        }
        #expect(
            rehearsal.refusals().map(\.description) == [
                "paint", "painted.colour", "painted.layers", "painted.user", "painted", "scraped",
            ])
        #expect(try rehearsal.losses() == ["catalogue": 12])
    }

    @Test func `no more refusals are kept than a hundred`() throws {
        let rehearsal = try TelemetryRehearsal(for: product)
        for number in 0..<200 { rehearsal.telemetry.trackEvent("no_\(number)", [:]) }
        #expect(rehearsal.refusals().count == 100)
        #expect(try rehearsal.losses() == ["catalogue": 200])
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
