// SPDX-License-Identifier: Apache-2.0

public import CommandLineKit

extension [Command.Member] {
    /// A catalogue of events, as every program prints it.
    public static let catalogue: Self = [
        .init("digest", "SHA-256 of the catalogue"),
        .init("events[].id", "A number that stands for the event"),
        .init("events[].name", "The type"),
        .init("events[].since", "The version that recorded it first"),
        .init("events[].purpose", "Why it is recorded"),
        .init("events[].is_error", "Whether it tells of a failure"),
        .init("events[].properties[].id", "A number that stands for the property"),
        .init("events[].properties[].name", "Its name"),
        .init("events[].properties[].aliases", "Other names under which a program may give it"),
        .init(
            "events[].properties[].kind",
            "choice, count, duration, version, bool, or a host program's identifier"),
        .init("events[].properties[].values", "The words of a choice"),
        .init("events[].properties[].unit", "The unit of a duration"),
        .init("events[].properties[].max", "The largest number; a larger one becomes this one"),
        .init("events[].properties[].since", "The version that recorded it first"),
        .init("events[].properties[].purpose", "Why it is recorded"),
    ]
}
