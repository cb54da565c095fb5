// SPDX-License-Identifier: Apache-2.0

/// Why an interface can't be watched, or not any longer, and what a person can do about it.
public struct LiveError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kind of failure, by the number under which the capture child tells it.
    public enum Code: UInt8, CaseIterable, Sendable {
        /// The program may not capture.
        case notPermitted = 1
        /// There is no such interface.
        case unknownInterface = 2
        /// The interface exists, and is switched off.
        case isDown = 3
        /// The interface has no Ethernet frames, and so no ARP.
        case notEthernet = 4
        /// The interface only leads back to this machine.
        case isLoopback = 5
        /// It was watched, and was switched off.
        case wentDown = 6
        /// It was watched, and is gone.
        case vanished = 7
        /// The kernel refused for another reason.
        case failed = 8
    }

    /// The kind of failure.
    public let code: Code
    /// The interface's name.
    public let interface: String
    /// What exactly was wrong, where the code alone does not say it.
    public let detail: String

    /// The error that these say.
    public init(code: Code, interface: String, detail: String = "") {
        self.code = code
        self.interface = interface
        self.detail = detail
    }

    /// What went wrong, in one line without a full stop.
    public var description: String {
        switch code {
        case .notPermitted: "capturing on \(interface) is not permitted"
        case .unknownInterface: "there is no interface \(interface)"
        case .isDown: "the interface \(interface) is down"
        case .notEthernet: "the interface \(interface) is not Ethernet\(trailing)"
        case .isLoopback: "\(interface) is the loopback interface, where there is no ARP"
        case .wentDown: "the interface \(interface) went down"
        case .vanished: "the interface \(interface) vanished"
        case .failed: "capturing on \(interface) failed\(trailing)"
        }
    }

    private var trailing: String { detail.isEmpty ? "" : ": \(detail)" }
}
