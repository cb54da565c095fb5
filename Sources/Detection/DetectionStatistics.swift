// SPDX-License-Identifier: Apache-2.0

/// What a detector has seen so far.
public struct DetectionStatistics: Equatable, Sendable {
    /// Frames of any kind.
    public var frames: UInt64 = 0
    /// Frames with an ARP packet that could be read.
    public var arpFrames: UInt64 = 0
    /// Frames that claim to be something that they are not.
    public var malformed: UInt64 = 0
    /// Alerts and notices, by severity.
    public var alerts: [Severity: UInt64] = [:]
    /// Findings that were folded into an alert reported before.
    public var folded: UInt64 = 0
    /// Findings that the configuration suppresses.
    public var suppressed: UInt64 = 0
    /// Addresses whose owner is known.
    public var bindings = 0
    /// Owners that had to be forgotten for want of room.
    public var evicted: UInt64 = 0

    /// Nothing seen yet.
    public init() {}

    /// The number of alerts of a severity.
    public func count(of severity: Severity) -> UInt64 {
        alerts[severity] ?? 0
    }
}
