// SPDX-License-Identifier: Apache-2.0

public import JSON
public import Modules

/// What the configuration says about which interfaces are watched, and how.
public struct WatchSettings: Sendable, Equatable {
    /// The most interfaces of one watch.
    public static let interfacesMax = 16
    /// The memory for frames that wait, per interface, in MiB.
    public static let ringMiB: ClosedRange<Int64> = 1...256

    /// The interfaces' names; empty means that of the default route.
    public let interfaces: [String]
    /// Whether nothing is ever sent.
    public let isPassive: Bool
    /// Whether frames between other stations are wanted too.
    public let isPromiscuous: Bool
    /// The memory for frames that wait, per interface, in MiB.
    public let ringMiB: Int64

    /// Reads a section that ``schema`` found free of problems.
    public init(section: JSONObject) {
        interfaces = section["interfaces"]?.arrayValue?.compactMap(\.stringValue) ?? []
        isPassive = section["passive"]?.boolValue ?? false
        isPromiscuous = section["promiscuous"]?.boolValue ?? true
        ringMiB = section["ring_mib"]?.integerValue ?? 32
    }

    /// Whether a text can be an interface's name (dev_valid_name of the kernel).
    public static func isInterface(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count < 16 && text != "." && text != ".."
            && text.utf8.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: "/") && $0 != 0x7F }
    }

    /// The keys of the section, with their bounds and defaults.
    public static let schema = SettingsSchema(
        section: "watch",
        [
            .list(
                "interfaces", form: "a list of up to \(interfacesMax) interfaces",
                example: #"["eth0", "eth1"]"#, entriesMax: interfacesMax,
                meaning: "the interfaces to watch; none is that of the default route"
            ) { $0.stringValue.map(isInterface) ?? false },
            .bool(
                "passive", default: false,
                meaning: "true sends nothing, not even the question for the gateway at the start"),
            .bool(
                "promiscuous", default: true,
                meaning: "whether frames between other stations are watched too"),
            .integer(
                "ring_mib", ringMiB, default: 32,
                meaning: "MiB of memory for frames that wait, per interface"),
        ])
}
