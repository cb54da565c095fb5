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

    /// The most static bindings.
    public static let staticBindingsMax = 4096

    /// The IPv4 address of the network's gateway; nil where it is not told.
    public let gateway: String?
    /// The pairs that a person vouches for, in the file's order.
    public let staticBindings: [StaticBinding]

    /// Reads a section that ``schema`` found free of problems.
    public init(section: JSONObject) {
        gateway = section["gateway"]?.stringValue
        let bindings = section["static_bindings"]?.objectValue?.members ?? []
        staticBindings = bindings.compactMap { member in
            member.value.stringValue.map { StaticBinding(address: member.name, hardware: $0) }
        }
    }

    /// The keys of the section, with their bounds and defaults.
    public static let schema = SettingsSchema(
        section: "detection",
        [
            Setting(
                "gateway", form: "an IPv4 address, or null", default: .null,
                meaning: "the gateway of the network; null leaves it to be guessed"
            ) { $0 == .null || $0.stringValue.map(AddressForms.isIPv4) ?? false },
            Setting(
                "static_bindings",
                form: "up to \(staticBindingsMax) pairs of an IPv4 address and a MAC address",
                default: .object([:]), meaning: "which MAC address each IPv4 address must have"
            ) { $0.objectValue.map(areBindings) ?? false },
        ])

    private static func areBindings(_ object: JSONObject) -> Bool {
        object.members.count <= staticBindingsMax
            && object.members.allSatisfy { member in
                AddressForms.isIPv4(member.name)
                    && member.value.stringValue.map(AddressForms.isHardware) ?? false
            }
    }
}
