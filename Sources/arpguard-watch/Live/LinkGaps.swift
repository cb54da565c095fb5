// SPDX-License-Identifier: Apache-2.0

import Capture

/// Times in which nothing can be heard on an interface under watch: it was switched off, or has no
/// carrier. One that stays off ends the watch; all others are told.
struct LinkGaps {
    /// What a change means for the watch.
    enum News: Equatable {
        /// The interface is switched on and has no carrier, from now on.
        case unplugged(String)
        /// So many nanoseconds the interface heard nothing, and was switched off in them or not.
        case gap(String, nanoseconds: Int64, wasDown: Bool)
        /// It is gone, and whatever has its name now is another one.
        case gone(String)
    }

    private struct Gap {
        let since: Int64
        var state: LinkChanges.State
        var wasDown = false
    }

    private let names: [UInt32: String]
    private var gaps: [String: Gap] = [:]

    /// The interfaces that are watched, by their numbers.
    init(_ names: [UInt32: String] = [:]) {
        self.names = names
    }

    /// Takes a change in at a time on a clock that only goes on.
    mutating func take(_ change: LinkChanges.Change, at now: Int64) -> News? {
        names[change.index].flatMap { take(change.state, of: $0, at: now) }
    }

    /// Takes in what the interface of this name is.
    mutating func take(_ state: LinkChanges.State, of name: String, at now: Int64) -> News? {
        switch state {
        case .gone: return .gone(name)
        case .up:
            guard let gap = gaps.removeValue(forKey: name) else { return nil }
            return .gap(name, nanoseconds: now - gap.since, wasDown: gap.wasDown)
        case .down, .unplugged:
            let before = gaps[name]
            var gap = before ?? Gap(since: now, state: state)
            gap.state = state
            gap.wasDown = gap.wasDown || state == .down
            gaps[name] = gap
            return state == .unplugged && before?.state != state ? .unplugged(name) : nil
        }
    }

    /// Whether an interface hears something, as far as was told.
    func hears(_ name: String) -> Bool { gaps[name] == nil }

    /// A time for people: tenths of a second.
    static func words(_ nanoseconds: Int64) -> String {
        let tenths = (nanoseconds + 50_000_000) / 100_000_000
        return tenths == 0 ? "a moment" : "\(tenths / 10).\(tenths % 10) seconds"
    }
}
