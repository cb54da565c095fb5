// SPDX-License-Identifier: Apache-2.0

public import CommandLineKit
import Modules
import Telemetry

extension Program {
    /// What the manual of `arpguard` tells beside its commands.
    public static let manualNotes = ManualNotes(
        environment: [
            (Home.variable, "The folder of configuration and data, where --home does not name it"),
            (product.environmentVariable, "0 forbids telemetry for what runs with it"),
            ("DO_NOT_TRACK", "Anything but empty or 0 forbids telemetry for what runs with it"),
            ("NO_COLOR", "Anything but empty: no colours, also on a terminal"),
        ],
        settings: ConfigurationSchema.standard.sections.flatMap { section in
            section.settings.map { ("\(section.section).\($0.key)", $0.sentence) }
        },
        files: [
            (
                "~/.arpguard/config.json",
                "The configuration; 'arpguard config' reads and changes it"
            ),
            ("~/.arpguard/telemetry", "All that telemetry keeps, if somebody agreed to it"),
            (Home.servicePath, "The folder of root and of the service, in place of ~/.arpguard"),
            (product.policyPath, "Where an administrator forbids telemetry on this machine"),
        ],
        seeAlso: ["arpguard-collector(1)"])
}
