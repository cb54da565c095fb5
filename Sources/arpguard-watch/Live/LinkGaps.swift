// SPDX-License-Identifier: Apache-2.0

import Capture

/// Times in which nothing can be heard on an interface under watch: it was switched off, or has no
/// carrier. One that stays off ends the watch; all others are told, the first at once, and then
/// together, so that a plug that is loose does not drown all else.
struct LinkGaps {
    /// What is told of an interface.
    enum News: Equatable {
        /// It is switched on and has no carrier, from now on.
        case unplugged(String)
        /// It heard nothing; with `isOff` it hears nothing now either.
        case lost(String, Lost, isOff: Bool)
        /// It is gone, and whatever has its name now is another one.
        case gone(String)
    }

    /// Gaps that are over.
    struct Lost: Equatable {
        var times: Int64 = 0
        /// In how many of them it was switched off.
        var offs: Int64 = 0
        /// How many were too short for the kernel to tell.
        var untimed: Int64 = 0
        var nanoseconds: Int64 = 0

        /// Such as `had no carrier 7 times, 9.1 seconds in all`.
        var words: String {
            let what =
                offs == 0
                ? "had no carrier" : offs == times ? "was down" : "was down or had no carrier"
            let time = LinkGaps.words(nanoseconds)
            if times == 1 { return "\(what) for \(time)" }
            return "\(what) \(times) times, \(time)\(untimed > 0 ? " or more" : "") in all"
        }
    }

    fileprivate struct Gap {
        let since: Int64
        var state: LinkChanges.State
        var wasDown = false
        var isTold = false
    }

    fileprivate struct Link {
        /// While it hears nothing.
        var gap: Gap?
        /// Whether the last gap was told by itself: then its end is as well.
        var endsAtOnce = false
        /// What is to be told.
        var lost = Lost()
        var toldAt: Int64?
        /// How many gaps are known, of those that the kernel counted.
        var noted: Int64 = 0
        /// What the kernel had counted when it was looked at last, and before that.
        var counted: (before: Int64, last: Int64)?
    }

    /// How long after it was told something of an interface is told.
    static let pauseNanoseconds: Int64 = 10_000_000_000

    private let names: [UInt32: String]
    private var links: [String: Link] = [:]

    /// The interfaces that are watched, by their numbers.
    init(_ names: [UInt32: String] = [:]) {
        self.names = names
    }

    /// Takes a change in at a time on a clock that only goes on.
    mutating func take(_ change: LinkChanges.Change, at now: Int64) -> News? {
        names[change.index].flatMap { take(change.state, of: $0, at: now) }
    }

    /// Takes in what the interface of this name is, and says what is to be told of it now.
    mutating func take(_ state: LinkChanges.State, of name: String, at now: Int64) -> News? {
        if state == .gone { return .gone(name) }
        var link = links[name, default: Link()]
        if state == .up {
            link.ends(at: now)
        } else {
            if link.gap == nil { link.noted += 1 }
            var gap = link.gap ?? Gap(since: now, state: state)
            gap.state = state
            gap.wasDown = gap.wasDown || state == .down
            link.gap = gap
        }
        let news = link.news(of: name, at: now)
        links[name] = link
        return news
    }

    /// Takes in how often an interface lost its carrier, as the kernel counts it: of what changes
    /// back at once it tells the last state alone.
    mutating func take(losses: Int64, of name: String) {
        links[name, default: Link()].take(losses)
    }

    /// What is to be told of an interface by now.
    mutating func news(of name: String, at now: Int64) -> News? {
        links[name]?.news(of: name, at: now)
    }

    /// Whether an interface hears something, as far as was told.
    func hears(_ name: String) -> Bool { links[name]?.gap == nil }

    /// A time for people: tenths of a second.
    static func words(_ nanoseconds: Int64) -> String {
        let tenths = (nanoseconds + 50_000_000) / 100_000_000
        return tenths == 0 ? "a moment" : "\(tenths / 10).\(tenths % 10) seconds"
    }
}

extension LinkGaps.Link {
    fileprivate mutating func ends(at now: Int64) {
        guard let gap else { return }
        lost.times += 1
        lost.offs += gap.wasDown ? 1 : 0
        lost.nanoseconds += now - gap.since
        self.gap = nil
    }

    /// The end of what was told by itself is told at once, all else after a pause.
    fileprivate mutating func news(of name: String, at now: Int64) -> LinkGaps.News? {
        let isItsEnd = endsAtOnce && gap == nil
        let isSoon = toldAt.map { now - $0 < LinkGaps.pauseNanoseconds } ?? false
        if isSoon, !isItsEnd { return nil }
        let isOff = gap?.state == .unplugged
        if lost.times > 0 {
            let news = LinkGaps.News.lost(name, lost, isOff: isOff)
            (lost, endsAtOnce, toldAt) = (LinkGaps.Lost(), false, now)
            if isOff { gap?.isTold = true }
            return news
        }
        guard isOff, gap?.isTold == false else { return nil }
        gap?.isTold = true
        (endsAtOnce, toldAt) = (true, now)
        return .unplugged(name)
    }

    fileprivate mutating func take(_ losses: Int64) {
        guard let counted else {
            noted = losses
            self.counted = (losses, losses)
            return
        }
        // The kernel tells within a second what it counted.
        let missed = counted.before - noted
        if missed > 0 {
            lost.times += missed
            lost.untimed += missed
            noted += missed
        }
        // An interface that is switched off need not have lost a carrier.
        noted = min(noted, losses)
        self.counted = (counted.last, losses)
    }
}
