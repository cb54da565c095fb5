// SPDX-License-Identifier: Apache-2.0

package import Catalogue
package import Telemetry

/// The event that a writer records as its `number`-th: every property follows from the two
/// numbers, so that a torn one can be told. Every second writer records typed events.
package struct NumberedEvent: Sendable, Hashable {
    /// The catalogue of homes whose processes are killed.
    package static let catalogue = Catalogue.standard.adding(typed)

    private static let typed = Event(
        "numbered_run", since: "0.1", purpose: "Whether anything is lost",
        Property<Int>.count("frames", since: "0.1", purpose: "The number"),
        Property<Int>.count("arp_frames", since: "0.1", purpose: "The writer"),
        Property<Bool>.bool("is_even", since: "0.1", purpose: "Whether the number is even"))

    /// Which thread of which process recorded it, counted from 0 over the whole home.
    package let writer: Int
    /// Counted from 1 for each writer.
    package let number: Int64

    /// The `number`-th event of a writer.
    package init(writer: Int, number: Int64) {
        self.writer = writer
        self.number = number
    }

    /// Reads the numbers of a stored event; nil if it is not, to the last property, what a writer
    /// recorded.
    package init?(_ event: StoredEvent) {
        guard
            case .integer(let number)? = event.properties.first(where: { $0.name == "frames" })?
                .value,
            case .integer(let writer)? = event.properties.first(where: { $0.name == "arp_frames" })?
                .value
        else { return nil }
        self.init(writer: Int(writer), number: number)
        guard event.name == name else { return nil }
        let found = Dictionary(event.properties.map { ($0.name, $0.value) }) { first, _ in first }
        guard found == properties, found.count == event.properties.count else { return nil }
    }

    /// Records the event; false if it is not accepted.
    package func record(into module: TelemetryModule) -> Bool {
        if isTyped {
            module.track(Self.typed, Int(number), writer, number.isMultiple(of: 2))
        } else {
            module.trackEvent(name, properties)
        }
    }

    private var isTyped: Bool { !writer.isMultiple(of: 2) }

    /// The name of the event that carries the numbers.
    package var name: String { isTyped ? "numbered_run" : "detection_run" }

    /// What is recorded. Untyped records differ in length, so that the ring's end cuts anywhere.
    package var properties: [String: PropertyValue] {
        var all: [String: PropertyValue] = [
            "frames": .integer(number), "arp_frames": .integer(Int64(writer)),
        ]
        if isTyped {
            all["is_even"] = .boolean(number.isMultiple(of: 2))
            return all
        }
        if !number.isMultiple(of: 5) { all["mode"] = .string(Self.mode(number)) }
        if !number.isMultiple(of: 2) { all["duration_ms"] = .integer(number * 7919 % 86_400_000) }
        if number.isMultiple(of: 3) { all["alerts"] = .integer(number ^ Int64(writer)) }
        return all
    }

    private static func mode(_ number: Int64) -> String {
        ["watch", "replay", "service"][Int(number % 3)]
    }
}
