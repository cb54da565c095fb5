// SPDX-License-Identifier: Apache-2.0

/// What a figure of the insight is about.
public enum CounterGroup: String, Sendable, Hashable, CaseIterable {
    /// Records by event name.
    case event
    /// Days on which a version was in use.
    case version
    /// Uses of a feature, with how long they took.
    case feature
    /// Detection runs by mode, with how long they took.
    case run
    /// Alerts by type and severity.
    case alert
    /// Errors by feature and type.
    case error
    /// Records that clients lost, by reason.
    case loss

    /// The names of the labels of each figure in the group.
    public var labelNames: [String] {
        switch self {
        case .event: ["event"]
        case .version: ["version"]
        case .feature: ["feature"]
        case .run: ["mode"]
        case .alert: ["alert_type", "severity"]
        case .error: ["feature", "error_type"]
        case .loss: ["reason"]
        }
    }
}

/// One figure: a group and the labels that tell it from the others in the group.
///
/// Labels come out of the catalogue or are versions; none holds a slash.
public struct Counter: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// What it is about.
    public let group: CounterGroup
    /// One value for each of the group's label names.
    public let labels: [String]

    /// Names a figure.
    public init(_ group: CounterGroup, _ labels: String...) {
        self.group = group
        self.labels = labels
    }

    /// Reads the form of `description`; nil for a group or a number of labels not known here.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let group = parts.first.flatMap({ CounterGroup(rawValue: String($0)) }),
            parts.count == 1 + group.labelNames.count
        else { return nil }
        self.group = group
        labels = parts[1...].map { String($0) }
    }

    /// The figure as one word, such as `alert/arp_spoofing/high`.
    public var description: String {
        ([group.rawValue] + labels).joined(separator: "/")
    }

    /// By the text.
    public static func < (left: Counter, right: Counter) -> Bool {
        left.description < right.description
    }
}

/// What one record adds to a figure.
public struct Contribution: Sendable, Equatable {
    /// The figure.
    public let counter: Counter
    /// How much it adds; at least 1.
    public let amount: Int
    /// How long what was counted took, in milliseconds.
    public let durationMilliseconds: Int?

    /// Describes an addition.
    public init(_ counter: Counter, amount: Int = 1, durationMilliseconds: Int? = nil) {
        self.counter = counter
        self.amount = amount
        self.durationMilliseconds = durationMilliseconds
    }
}
