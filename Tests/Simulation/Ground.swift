// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Collector
import Telemetry

/// The events of the simulated host program.
enum Ground {
    /// Its product.
    static let product = Product("simulated", version: "1.0.0")

    /// Each event has a number of its own, by which it is found again.
    static let tick = Event(
        "tick", since: "1.0", purpose: "A numbered event",
        Property.count("number", since: "1.0", purpose: "Which event it is"),
        Property.identifier("mark", since: "1.0", purpose: "What a deletion has to remove"))

    /// What a newer version collects besides.
    private static let newerTick = EventDefinition(
        id: 0, "tick", since: "1.0", purpose: "A numbered event",
        [
            PropertyDefinition(
                id: 1, "number", .count(max: 1_000_000_000), since: "1.0",
                purpose: "Which event it is"),
            PropertyDefinition(
                id: 2, "mark", .identifier, since: "1.0",
                purpose: "What a deletion has to remove"),
            PropertyDefinition(
                id: 3, "extra", .bool, since: "2.0", purpose: "What nobody agreed to at first"),
        ])

    /// The catalogue of the program's first version.
    static let first = Catalogue.standard.adding(tick)
    /// The catalogue of its second version.
    static let second = Catalogue.standard.adding(newerTick)

    /// What the collector takes.
    static let policy = IntakePolicy(catalogues: [product.name: second])

    /// The places uploads may go to, each as often as it is drawn; nil is nowhere.
    static let urls: [String?] = [
        "https://one.example.org/v1/logs", "https://one.example.org/v1/logs",
        "https://two.example.org/v1/logs", "https://two.example.org/v1/logs", nil,
    ]

    /// Where erasures may be asked for; nil is beside the place of uploads.
    static let erasureURLs: [String?] = [nil, "https://erase.example.org/v1/installations"]

    /// What stands in every event and nowhere else.
    static let mark = "MarkOfTheSimulation"

    /// What must never get into a home or onto the wire, whatever a program passes.
    static let personal = [
        "192.0.2.77", "02:00:5e:10:00:77", "alice@mail.example.org", "/srv/alice/secret.txt",
    ]
}
