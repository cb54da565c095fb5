// SPDX-License-Identifier: Apache-2.0

internal import CommandLineKit
internal import Modules
internal import Program

let rootCommand = Command(
    group: "arpguard-collector",
    summary: "Collect the telemetry of ARP Guard installations that agreed to it",
    discussion: [
        "Takes OTLP over HTTP from installations, keeps figures for each of them and day under a "
            + "keyed hash, and shows what they amount to in groups of k and more.",
        "serve without flags listens on loopback addresses, over a SQLite file in this folder.",
    ],
    examples: [
        .init(
            "arpguard-collector serve --store sqlite:collector.sqlite",
            "Collect until SIGTERM or SIGINT"),
        .init(
            "arpguard-collector insight --store sqlite:collector.sqlite --format json",
            "Print what was collected"),
    ],
    subcommands: [
        serveCommand, insightCommand, exportStaticCommand, catalogueCommand, checkCommand,
        purgeCommand, .completion,
        .documentation(version: Program.version, notes: manualNotes),
    ])

private let manualNotes = ManualNotes(
    environment: [("NO_COLOR", "Anything but empty: no colours, also on a terminal")],
    settings: CollectorSettings.schema.settings.map { ($0.key, $0.sentence) },
    files: [
        ("arpguard-collector.sqlite", "The store, in the working folder where --store names none")
    ],
    seeAlso: ["arpguard(1)"])
