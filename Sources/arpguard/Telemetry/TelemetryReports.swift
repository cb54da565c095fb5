// SPDX-License-Identifier: Apache-2.0

import Catalogue
import CommandLineKit
import JSON
import Modules
import Program
import Telemetry

extension Report {
    /// - Parameters:
    ///   - storedEvents: how many there are; nil where that is not known.
    ///   - absent: folders that were agreed to and are not there.
    static func disabled(
        storedEvents: Int64?, absent: [TelemetrySetup.AwayPlace], _ setup: TelemetrySetup
    ) -> Report {
        let count = storedEvents.map { $0.of("event") } ?? "how much can't be read now"
        let rest =
            storedEvents == 0
            ? "nothing is stored here"
            : "what was recorded (\(count)) stays here for you to see, and nothing of it is sent "
                + "from now on; arpguard telemetry delete-data --confirm removes it"
        let lines = ["telemetry is off", setup.home.addressing(rest)] + awaited(absent, setup)
        return Report(
            text: lines.map { .line(StyledText($0)) },
            json: .one([
                "enabled": false, "stored_events": storedEvents.map { .integer($0) } ?? .null,
                "absent_places": .array(absent.map { .string($0.path) }),
            ]))
    }

    /// What a decision does about folders that are not there.
    static func awaited(
        _ places: [TelemetrySetup.AwayPlace], _ setup: TelemetrySetup
    ) -> [String] {
        guard !places.isEmpty else { return [] }
        let lines = places.map { place in
            if place.isTaken {
                return "\(place.path) is this home's no more: "
                    + "\(TelemetrySetup.AwayPlace.takenReason); it is not done there"
            }
            return place.isReplaced
                ? "another folder stands at \(place.path) now, or another home has agreed to it: "
                    + "it is done in the one that was agreed to as soon as that is seen again"
                : "\(place.path) is not there now"
                    + (place.newPath.map { ", maybe moved to \($0)" } ?? "")
                    + ": it is done there as soon as it is seen again"
        }
        return lines + [
            "one that is gone for good is forgotten once you take its entry out of "
                + setup.placesFile
        ]
    }

    static func events(_ events: [StoredEvent]) -> Report {
        guard !events.isEmpty else { return Report(text: [], json: .lines([])) }
        var table = Table([.init("TIME"), .init("EVENT"), .init("PROPERTIES")])
        for event in events {
            let properties = event.properties.map { "\($0.name)=\($0.value.plainText)" }
            table.append([
                StyledText(event.time.rfc3339), StyledText(event.name),
                StyledText(properties.joined(separator: " ")),
            ])
        }
        return Report(text: [.table(table)], json: .lines(events.map { .object($0.json) }))
    }

    static func schema(_ catalogue: Catalogue) -> Report {
        var blocks: [Block] = []
        for event in catalogue.events {
            blocks.append(.line(StyledText("\(event.name): \(event.purpose)")))
            let rows = event.properties.map { property in
                (name: "  \(property.name)", value: StyledText(property.kind.words))
            }
            blocks += [.table(Table(pairs: rows)), .blank]
        }
        blocks.append(.line(StyledText("digest \(catalogue.digest)")))
        return Report(text: blocks, json: .one(catalogue.json))
    }
}

extension PropertyValue {
    /// The value for people.
    fileprivate var plainText: String {
        switch self {
        case .string(let text): text
        case .integer(let number): String(number)
        case .double(let number): String(number)
        case .boolean(let flag): flag ? "yes" : "no"
        }
    }
}

extension PropertyKind {
    /// What the kind admits, for people.
    fileprivate var words: String {
        switch self {
        case .choice(let words): words.joined(separator: " | ")
        case .identifier: "an identifier"
        case .count(let max): "a number from 0 to \(max)"
        case .duration(let unit, let max): "\(unit.rawValue) from 0 to \(max)"
        case .version: "a version"
        case .bool: "yes or no"
        }
    }
}
