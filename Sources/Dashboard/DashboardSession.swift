// SPDX-License-Identifier: Apache-2.0

private import Hashing
internal import Modules
private import Synchronization

/// Who may look: the holder of a code that works once becomes the holder of a cookie.
final class DashboardSession: Sendable {
    private struct State {
        var code: String?
        var cookie: String?
    }

    /// The code, for the one who started the dashboard.
    let code: String
    /// What every form of the session carries; not the cookie, which no page shows.
    let formToken: String
    private let cookieValue: String
    private let clock: any WallClock
    private let startedAt: Int64
    private let state: Mutex<State>

    init(random: any RandomSource, clock: any WallClock) {
        code = Hex.encode(random.bytes(16))
        formToken = Hex.encode(random.bytes(32))
        cookieValue = Hex.encode(random.bytes(32))
        self.clock = clock
        startedAt = clock.uptimeNanoseconds()
        state = Mutex(State(code: code))
    }

    /// The value of the session's cookie for whoever shows the code in time and first.
    ///
    /// Wrong ones are not counted: nobody guesses 128 bits, and another user of the machine could
    /// lock the person out by sending some.
    func open(with code: String) -> String? {
        let isInTime = isInTime
        return state.withLock { state in
            guard let expected = state.code, isInTime, Self.equal(code, expected) else {
                return nil
            }
            state.code = nil
            state.cookie = cookieValue
            return cookieValue
        }
    }

    /// Whether the code still opens a session.
    var awaitsCode: Bool { isInTime && state.withLock { $0.code != nil } }

    private var isInTime: Bool {
        clock.uptimeNanoseconds() - startedAt <= DashboardLimits.codeSecondsMax * 1_000_000_000
    }

    /// Whether a cookie is the session's.
    func isOpen(cookie: String?) -> Bool {
        guard let cookie, let expected = state.withLock({ $0.cookie }) else { return false }
        return Self.equal(cookie, expected)
    }

    /// Whether a form came from a page of this session.
    func owns(formToken token: String?) -> Bool {
        token.map { Self.equal($0, formToken) } ?? false
    }

    private static func equal(_ left: String, _ right: String) -> Bool {
        constantTimeEquals(Array(left.utf8), Array(right.utf8))
    }
}
