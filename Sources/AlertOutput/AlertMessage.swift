// SPDX-License-Identifier: Apache-2.0

/// How grave an alert is, as outputs filter it; the order of the cases is the order of gravity.
public enum AlertGravity: String, CaseIterable, Comparable, Sendable {
    case info
    case low
    case medium
    case high
    case critical

    /// The less grave comes first.
    public static func < (left: AlertGravity, right: AlertGravity) -> Bool {
        left.rank < right.rank
    }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    /// Its severity for syslog: RFC 5424, table 2.
    var syslogSeverity: Int {
        switch self {
        case .critical: 1
        case .high: 2
        case .medium: 4
        case .low: 5
        case .info: 6
        }
    }
}

/// An alert in the forms in which it leaves the program.
public struct AlertMessage: Sendable, Equatable {
    /// How grave it is.
    public let gravity: AlertGravity
    /// One line for people: what, where, who.
    public let summary: String
    /// The alert for a person who reads it on a screen: several lines, none at the end.
    public let text: String
    /// The rule that spoke.
    public let rule: String
    /// The EVE object as compact JSON, without a line feed.
    public let eve: String

    /// An alert in these forms.
    public init(
        gravity: AlertGravity, summary: String, text: String, rule: String, eve: String
    ) {
        self.gravity = gravity
        self.summary = summary
        self.text = text
        self.rule = rule
        self.eve = eve
    }
}

/// Why an alert did not leave by one way.
public struct AlertOutputError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What went wrong, in one line without a full stop.
    public let description: String

    /// The error that this line says.
    public init(_ description: String) {
        self.description = description
    }
}

/// A way by which alerts leave the program. Used by one thread at a time; may wait, but not
/// without end.
public protocol AlertSink: Sendable {
    /// What messages call it.
    var name: String { get }
    /// Sends one alert.
    func deliver(_ message: AlertMessage) throws(AlertOutputError)
    /// Looks whether an alert could leave now, and sends none.
    func probe() throws(AlertOutputError)
    /// Opens again what was opened, since somebody may have moved it away.
    func reopen()
    /// Ends what is under way at once.
    func cancel()
}

extension AlertSink {
    /// Some ways are always open.
    public func probe() throws(AlertOutputError) {}
    /// Most ways have nothing open.
    public func reopen() {}
    /// Most ways are quick.
    public func cancel() {}
}
