// SPDX-License-Identifier: Apache-2.0

/// What a figure of the insight is about.
public enum CounterGroup: String, Sendable, Hashable, CaseIterable {
    /// Records by event name.
    case event
    /// Versions in use.
    case version
    /// Uses of a feature, with how long they took.
    case feature
    /// Detection runs by mode, with how long they took.
    case run
    /// Alerts by type and severity.
    case alert
    /// Errors by feature and type.
    case error
    /// Values of the properties of any other event, with how long it took.
    case property
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
        case .property: ["event", "property", "value"]
        case .loss: ["reason"]
        }
    }

    /// The event whose records the group's figures divide among them; nil where they do not.
    var event: String? {
        switch self {
        case .feature: "feature_usage"
        case .run: "detection_run"
        case .alert: "alert_generated"
        case .error: "error"
        case .event, .version, .property, .loss: nil
        }
    }
}

/// One figure: a group and the labels that tell it from the others in the group.
///
/// Labels come out of a catalogue or are versions; none holds a slash.
public struct Counter: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The label of records that lack the property which the label would name.
    public static let notTold = "not_told"

    /// The label of what is not named: no value can be called so, as one can be called `other`.
    static let unnamed = "~"

    /// What it is about.
    public let group: CounterGroup
    /// One value for each of the group's label names.
    public private(set) var labels: [String]

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

    /// The event whose records the figure counts, or has a share of; nil where it counts others.
    var event: String? {
        switch group {
        case .event, .property: labels[0]
        case .feature, .run, .alert, .error: group.event
        case .version, .loss: nil
        }
    }

    /// The figure whose installations those of this one are some of; nil where that is the day.
    var whole: Counter? {
        group == .event ? nil : event.map { Counter(.event, $0) }
    }

    /// The figures beside it: those of its group, or the values of its property.
    var family: String {
        group == .property
            ? ([group.rawValue] + labels.prefix(2)).joined(separator: "/") : group.rawValue
    }

    /// The figure that stands for those of its family that are not named.
    var rest: Counter {
        var rest = self
        let named = group == .property ? 2 : 0
        rest.labels = labels.prefix(named) + labels.dropFirst(named).map { _ in Self.unnamed }
        return rest
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
