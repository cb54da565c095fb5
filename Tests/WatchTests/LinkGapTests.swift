// SPDX-License-Identifier: Apache-2.0

import Capture
import Testing

@testable import arpguard_watch

/// What is told of interfaces that hear nothing, and when.
struct LinkGapTests {
    private static let second: Int64 = 1_000_000_000

    private static func lost(
        _ times: Int64 = 1, offs: Int64 = 0, untimed: Int64 = 0, nanoseconds: Int64
    ) -> LinkGaps.News {
        .lost(
            "eth0",
            LinkGaps.Lost(times: times, offs: offs, untimed: untimed, nanoseconds: nanoseconds),
            isOff: false)
    }

    @Test func `an interface that was down is told once it is up, with the time between`() {
        var gaps = LinkGaps([4: "eth0"])
        func news(_ index: UInt32, _ state: LinkChanges.State, _ now: Int64) -> LinkGaps.News? {
            gaps.take(LinkChanges.Change(index: index, state: state), at: now)
        }
        #expect(news(4, .up, 1) == nil)
        #expect(news(4, .down, 5) == nil)
        #expect(news(7, .down, 6) == nil)
        #expect(news(7, .up, 7) == nil)
        #expect(news(4, .down, 8) == nil)
        #expect(news(4, .up, 9) == Self.lost(offs: 1, nanoseconds: 4))
        #expect(news(4, .up, 10) == nil)
        #expect(news(7, .gone, 11) == nil)
        #expect(news(4, .gone, 12) == .gone("eth0"))
    }

    @Test func `an interface without carrier is told at once, and the time without it later`() {
        var gaps = LinkGaps()
        func news(_ state: LinkChanges.State, _ now: Int64) -> LinkGaps.News? {
            gaps.take(state, of: "eth0", at: now)
        }
        #expect(news(.up, 1) == nil && gaps.hears("eth0"))
        #expect(news(.unplugged, 2) == .unplugged("eth0"))
        #expect(news(.unplugged, 3) == nil)
        #expect(!gaps.hears("eth0") && gaps.hears("eth1"))
        #expect(news(.up, 7) == Self.lost(nanoseconds: 5))
        #expect(gaps.hears("eth0"))
        // One that is switched on again has no carrier at first.
        let later = 60 * Self.second
        #expect(news(.down, later) == nil)
        #expect(news(.unplugged, later + 1) == .unplugged("eth0"))
        #expect(news(.up, later + 4) == Self.lost(offs: 1, nanoseconds: 4))
    }

    @Test func `a plug that is loose is told every ten seconds at most, with all that was lost`() {
        var gaps = LinkGaps()
        var told: [(time: Int64, news: LinkGaps.News)] = []
        func takes(_ news: LinkGaps.News?, _ now: Int64) {
            if let news { told.append((now / Self.second, news)) }
        }
        for now in (0..<120).map({ Int64($0) * Self.second / 2 }) {
            let isOff = now < 50 * Self.second && now / Self.second % 2 == 1
            takes(gaps.take(isOff ? .unplugged : .up, of: "eth0", at: now), now)
            takes(gaps.news(of: "eth0", at: now), now)
        }
        #expect(told.map(\.time) == [1, 2, 12, 22, 32, 42, 52])
        let lost = told.compactMap { entry -> LinkGaps.Lost? in
            if case .lost(_, let lost, _) = entry.news { lost } else { nil }
        }
        #expect(lost.map(\.times).reduce(0, +) == 25)
        #expect(lost.map(\.nanoseconds).reduce(0, +) == 25 * Self.second)
    }

    @Test func `an interface that hears nothing when it is told says so once`() {
        var gaps = LinkGaps()
        func news(_ state: LinkChanges.State, _ seconds: Int64) -> LinkGaps.News? {
            gaps.take(state, of: "eth0", at: seconds * Self.second)
        }
        #expect(news(.unplugged, 0) == .unplugged("eth0"))
        #expect(news(.up, 1) != nil)
        #expect(news(.unplugged, 2) == nil && news(.up, 3) == nil && news(.unplugged, 4) == nil)
        let lost = LinkGaps.Lost(times: 1, nanoseconds: Self.second)
        #expect(
            gaps.news(of: "eth0", at: 11 * Self.second) == .lost("eth0", lost, isOff: true))
        #expect(gaps.news(of: "eth0", at: 99 * Self.second) == nil)
        #expect(news(.up, 100) == Self.lost(nanoseconds: 96 * Self.second))
    }

    @Test func `what the kernel counts and does not tell is told as well`() {
        var gaps = LinkGaps()
        for losses in [7, 7, 9, 9] as [Int64] { gaps.take(losses: losses, of: "eth0") }
        #expect(gaps.news(of: "eth0", at: 1) == nil)
        gaps.take(losses: 9, of: "eth0")
        #expect(gaps.news(of: "eth0", at: 2) == Self.lost(2, untimed: 2, nanoseconds: 0))
        // What it tells is counted once.
        let later = 60 * Self.second
        #expect(gaps.take(.unplugged, of: "eth0", at: later) == .unplugged("eth0"))
        #expect(gaps.take(.up, of: "eth0", at: later + 5) == Self.lost(nanoseconds: 5))
        for _ in 0..<4 { gaps.take(losses: 10, of: "eth0") }
        #expect(gaps.news(of: "eth0", at: 2 * later) == nil)
        // The kernel counts no carrier of a bridge that is switched off.
        _ = gaps.take(.down, of: "eth0", at: 2 * later)
        #expect(gaps.take(.up, of: "eth0", at: 2 * later + 5) == Self.lost(offs: 1, nanoseconds: 5))
        for losses in [10, 11, 11, 11] as [Int64] { gaps.take(losses: losses, of: "eth0") }
        #expect(gaps.news(of: "eth0", at: 3 * later) == Self.lost(untimed: 1, nanoseconds: 0))
    }

    @Test func `what was lost is told in a few words`() {
        #expect(LinkGaps.words(4) == "a moment")
        #expect(LinkGaps.words(1_260_000_000) == "1.3 seconds")
        func words(_ times: Int64, _ offs: Int64, _ untimed: Int64 = 0) -> String {
            LinkGaps.Lost(times: times, offs: offs, untimed: untimed, nanoseconds: 9_100_000_000)
                .words
        }
        #expect(words(1, 0) == "had no carrier for 9.1 seconds")
        #expect(words(7, 0) == "had no carrier 7 times, 9.1 seconds in all")
        #expect(words(7, 7) == "was down 7 times, 9.1 seconds in all")
        #expect(words(7, 2, 1) == "was down or had no carrier 7 times, 9.1 seconds or more in all")
    }

    // MARK: - Forgotten owners

    @Test func `owners that are forgotten one by one are told again by the double, or the hour`() {
        var forgotten = ForgottenOwners()
        var told: [Int64] = []
        for number in 0..<1_000 as Range<Int64> {
            let news = forgotten.news(number, on: "eth0", at: number * 10 * Self.second)
            if news != nil { told.append(number) }
        }
        #expect(told == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 872])
        #expect(forgotten.news(1_000, on: "eth0", at: 9_999 * Self.second) == nil)
        #expect(forgotten.news(5, on: "eth1", at: 9_999 * Self.second) == 5)
    }
}
