// SPDX-License-Identifier: Apache-2.0

import Catalogue

/// How a scan looks for hosts.
public enum ScanMethod: String, CaseIterable, Sendable {
    case connect, ping
}

/// The event that only this program has. Its properties are a choice, a count and a duration: no
/// address can get in.
public let scanFinished = Event(
    "scan_finished", since: "1.0", purpose: "How long scans take, and what they find",
    Property.choice("method", ScanMethod.self, since: "1.0", purpose: "How it looked"),
    Property.count("open_ports", max: 65_536, since: "1.0", purpose: "How much it found"),
    Property.duration("duration_ms", since: "1.0", purpose: "How long it took"))

extension Catalogue {
    /// The event of this program, and those of the shipped ones that it records too: whoever runs
    /// it agrees to no more.
    public static let scanner = Catalogue.standard.keeping("feature_usage", "error")
        .adding(scanFinished)
}
