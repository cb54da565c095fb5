// SPDX-License-Identifier: Apache-2.0

import Catalogue
import JSON
import Modules
import Telemetry
import TestKit
import Testing

/// Identifiers and versions, which a host program may declare: no list bounds how many there are.
@Suite struct StoredTextTests {
    private static let seen = Event(
        "seen", since: "1", purpose: "Why",
        Property.identifier("kind", since: "1", purpose: "Why"),
        Property.version("release", since: "1", purpose: "Why"))
    private static let letters = ["Alpha", "Bravo", "Delta", "Echo", "Golf", "Hotel", "India"]

    private let home: Home
    private let catalogue = Catalogue.standard.adding(Self.seen)

    init() throws { home = try Home() }

    private func identifier(_ number: Int) -> String {
        let digits = [number % 7, number / 7 % 7, number / 49 % 7, number / 343 % 7, number / 2401]
        return "Scanner" + digits.map { Self.letters[$0] }.joined()
    }

    @Test func `a text leaves as it was admitted, and goes with its event`() throws {
        try home.enable(catalogue: catalogue)
        let module = home.module(catalogue: catalogue)
        module.initialize(flushMilliseconds: nil)
        let text = identifier(3210)
        #expect(module.track(Self.seen, text, "131.0.6778.85"))
        module.flush()
        let control = home.control(catalogue: catalogue)
        let values = try control.events().last?.properties.map(\.value)
        #expect(values == [.string(text), .string("131.0.6778.85")])
        guard case .sealed(let batch, _) = try control.preview() else {
            throw TestKitError("nothing was sealed")
        }
        let sent = try #require(batch.json?.serialized(.compact))
        #expect(sent.contains("\"\(text)\"") && sent.contains("\"131.0.6778.85\""))
        #expect(try home.holds(text))
        home.clock.advance(by: .seconds(31 * 86_400))
        module.flush()
        #expect(try control.status().recorded == 0)
        #expect(try !home.holds(text))
        module.end()
    }

    @Test func `however many texts there are, the cap holds and what is new is recorded`() throws {
        var config = TelemetryModuleConfig.withURL
        config.storageBytesMax = 1 << 20
        try home.enable(config, catalogue: catalogue)
        for round in 0..<8 {
            let module = home.module(config, catalogue: catalogue)
            module.initialize(flushMilliseconds: nil)
            for number in round * 1500..<(round + 1) * 1500 {
                module.track(Self.seen, identifier(number), "1.0")
                if number % 300 == 299 { module.flush() }
            }
            module.end()
            let status = try home.control(config, catalogue: catalogue).status()
            #expect(status.recorded > 1000, "round \(round)")
            #expect(try #require(status.storageBytes) <= config.storageBytesMax)
        }
    }
}
