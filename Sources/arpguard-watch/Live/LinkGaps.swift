// SPDX-License-Identifier: Apache-2.0

import Capture

/// Times in which an interface under watch was switched off. Where that lasts the watch ends; a
/// shorter one is told, since nothing was seen then.
struct LinkGaps {
    /// What a change means for the watch.
    enum News: Equatable {
        /// The interface was down for so many nanoseconds, and is up again.
        case gap(String, nanoseconds: Int64)
        /// It is gone, and whatever has its name now is another one.
        case gone(String)
    }

    private let names: [UInt32: String]
    private var downSince: [UInt32: Int64] = [:]

    /// The interfaces that are watched, by their numbers.
    init(_ names: [UInt32: String] = [:]) {
        self.names = names
    }

    /// Takes a change in at a time on a clock that only goes on.
    mutating func take(_ change: LinkChanges.Change, at now: Int64) -> News? {
        guard let name = names[change.index] else { return nil }
        switch change.state {
        case .gone: return .gone(name)
        case .down:
            downSince[change.index] = downSince[change.index] ?? now
            return nil
        case .up:
            let since = downSince.removeValue(forKey: change.index)
            return since.map { .gap(name, nanoseconds: now - $0) }
        }
    }

    /// A time for people: tenths of a second.
    static func words(_ nanoseconds: Int64) -> String {
        let tenths = (nanoseconds + 50_000_000) / 100_000_000
        return tenths == 0 ? "a moment" : "\(tenths / 10).\(tenths % 10) seconds"
    }
}
