// SPDX-License-Identifier: Apache-2.0

public import JSON
public import Modules

/// What the configuration tells detection about the network.
public struct DetectionSettings: Sendable, Equatable {
    /// A pair of addresses that a person vouches for.
    public struct StaticBinding: Sendable, Equatable {
        /// The IPv4 address, as `192.0.2.1`.
        public let address: String
        /// The hardware address, as `02:00:00:00:00:01`.
        public let hardware: String
    }

    /// Alerts that nobody wants to hear of: all that fit what is given.
    public struct Suppression: Sendable, Equatable {
        /// The rule's name, as `C1`; nil for every rule.
        public let rule: String?
        /// The IPv4 address that the alert is about.
        public let address: String?
        /// The hardware address of the station that is accused or claims the address, or of either
        /// side of a conflict (C4).
        public let hardware: String?
        /// The number of the innermost VLAN.
        public let vlan: UInt16?
    }

    /// The most static bindings.
    public static let staticBindingsMax = 4096
    /// The most suppressions.
    public static let suppressionsMax = 256
    /// The most trusted stations.
    public static let trustedMax = 1024

    /// The IPv4 address of the network's gateway; nil where it is not told.
    public let gateway: String?
    /// The pairs that a person vouches for, in the file's order.
    public let staticBindings: [StaticBinding]

    /// Alerts that are counted and not told.
    public let suppressions: [Suppression]
    /// Hardware addresses of stations that are never accused.
    public let trusted: [String]

    /// Reads a section that ``schema`` found free of problems.
    public init(section: JSONObject) {
        gateway = section["gateway"]?.stringValue
        let bindings = section["static_bindings"]?.objectValue?.members ?? []
        staticBindings = bindings.compactMap { member in
            member.value.stringValue.map { StaticBinding(address: member.name, hardware: $0) }
        }
        suppressions = (section["suppress"]?.arrayValue ?? []).map(Suppression.init)
        trusted = (section["trusted"]?.arrayValue ?? []).compactMap(\.stringValue)
    }

    /// The keys of the section, with their bounds and defaults.
    public static let schema = SettingsSchema(
        section: "detection",
        [
            Setting(
                "gateway", form: "a host's IPv4 address, or null", default: .null,
                meaning: "the gateway of the network; null leaves it to be guessed"
            ) { $0 == .null || $0.stringValue.map(AddressForms.isHost) ?? false },
            .members(
                "static_bindings",
                form: "up to \(staticBindingsMax) pairs of a host's IPv4 and MAC address",
                example: #"{"192.0.2.1": "02:00:00:00:00:01"}"#, entriesMax: staticBindingsMax,
                meaning: "which MAC address each IPv4 address must have"
            ) { address, hardware in
                AddressForms.isHost(address)
                    && hardware.stringValue.map(AddressForms.isHostHardware) ?? false
            },
            .list(
                "suppress",
                form: "up to \(suppressionsMax) objects with some of rule, ip, mac and vlan; rules "
                    + "are \(Suppression.rules.joined(separator: ", "))",
                example: #"[{"rule": "C1", "ip": "192.0.2.1"}]"#, entriesMax: suppressionsMax,
                meaning: "which alerts are counted and not told", admits: Suppression.isWellFormed),
            .list(
                "trusted", form: "up to \(trustedMax) MAC addresses of hosts",
                example: #"["02:00:00:00:00:01"]"#, entriesMax: trustedMax,
                meaning:
                    "which stations are never accused: an alert that accuses them alone is left out"
            ) { $0.stringValue.map(AddressForms.isHostHardware) ?? false },
        ])
}
