// SPDX-License-Identifier: Apache-2.0

public import Modules

/// What can be seen of a home's watch from outside: whether one runs, and what was last written.
public struct ObservedWatch: Equatable, Sendable {
    /// A watch writes every few seconds: an older state is no news of one that runs.
    public static let freshNanoseconds: UInt64 = 30_000_000_000

    /// Why nothing is to be sent by itself now.
    public enum UploadHold: String, Equatable, Sendable {
        /// The gateway is contested, or lately was.
        case contested
        /// A watch runs, and does not say whether it is.
        case unknown

        /// Why, for people: lower-case, no full stop.
        public var reason: String {
            switch self {
            case .contested: "a watch of this home saw that the gateway is contested"
            case .unknown:
                "the watch of this home has written nothing lately, and so does not say whether "
                    + "the gateway is contested; arpguard status tells more"
            }
        }
    }

    /// Whether a watch runs.
    public let isRunning: Bool
    /// Whether one runs, or ever did.
    public let hasRun: Bool
    /// What the one that runs, or the last one, wrote; nil where nothing can be read.
    public let state: WatchState?

    /// Whether a watch runs that has not written for longer than any that fares well: its disk is
    /// full, or it hangs.
    public func isStale(at now: Timestamp) -> Bool {
        guard isRunning, let state else { return false }
        let age = now.nanoseconds.subtractingReportingOverflow(state.written)
        return age.overflow || age.partialValue.magnitude > Self.freshNanoseconds
    }

    /// What holds up an upload that nobody has typed; nil where nothing does.
    public func uploadHold(at now: Timestamp) -> UploadHold? {
        if state?.holdsUploads(at: now) == true { return .contested }
        return isRunning && (state == nil || isStale(at: now)) ? .unknown : nil
    }
}
