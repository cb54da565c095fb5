// SPDX-License-Identifier: Apache-2.0

import Detection

/// How many alerts of one kind are told one by one: a station that invents addresses could
/// otherwise fill every disk. What is beyond is counted, and told as one alert a minute.
///
/// A kind is a rule and a severity on one interface, about the gateway or not, so that no flood
/// hides what is graver.
struct AlertLimit {
    /// Alerts of a kind that are told one by one, from the first on.
    static let alertsMax = 100
    /// For so long; then it begins anew.
    static let windowNanoseconds: Int64 = 3_600_000_000_000
    /// How long the first alert of a rest waits until the rest is told.
    static let restNanoseconds: Int64 = 60_000_000_000
    /// The most stations that are told apart.
    static let stationsMax = 1_000

    /// Alerts that were not told one by one.
    struct Rest {
        /// The last of them.
        var last: Alert
        let interface: String
        /// When it is to be told.
        var due: Int64 = 0
        var count = 0
        /// Who is accused, up to ``AlertLimit/stationsMax``.
        var stations: Set<MACAddress> = []
    }

    private struct Kind: Hashable {
        let interface: String
        let rule: RuleID
        let severity: Severity
        let isGateway: Bool
    }

    private struct Window {
        let end: Int64
        var told = 0
        var rest: Rest?
    }

    private var windows: [Kind: Window] = [:]

    /// Whether an alert is to be told by itself; if not, it is counted.
    mutating func admits(_ alert: Alert, on interface: String, at now: Int64) -> Bool {
        let kind = Kind(
            interface: interface, rule: alert.rule, severity: alert.severity,
            isGateway: alert.isGateway)
        var window = windows[kind] ?? Window(end: now + Self.windowNanoseconds)
        if window.rest == nil, window.end <= now {
            window = Window(end: now + Self.windowNanoseconds)
        }
        defer { windows[kind] = window }
        guard window.told >= Self.alertsMax else {
            window.told += 1
            return true
        }
        var rest =
            window.rest ?? Rest(last: alert, interface: interface, due: now + Self.restNanoseconds)
        rest.last = alert
        rest.count += 1
        if let accused = alert.accused, rest.stations.count < Self.stationsMax {
            rest.stations.insert(accused)
        }
        window.rest = rest
        return false
    }

    /// What was counted and is due by now; with nil, all of it.
    mutating func rests(at now: Int64?) -> [Rest] {
        let due = windows.filter { _, window in
            guard let rest = window.rest else { return false }
            return now.map { rest.due <= $0 } ?? true
        }
        for kind in due.keys { windows[kind]?.rest = nil }
        return due.values.compactMap(\.rest).sorted { $0.last.frame < $1.last.frame }
    }
}

extension AlertLimit.Rest {
    /// One line for people.
    var explanation: String {
        let number =
            stations.count < AlertLimit.stationsMax
            ? "\(stations.count)" : "\(AlertLimit.stationsMax) and more"
        let from = stations.isEmpty ? "" : ", about \(number) stations"
        return "\(count) further alerts of rule \(last.rule.rawValue) within a minute\(from); this "
            + "is the last of them"
    }
}
