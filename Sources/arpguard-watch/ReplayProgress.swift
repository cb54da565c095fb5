// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import Glibc
import Modules
import Synchronization

/// How far a replay is, in one line on a terminal that is written over and in the end removed.
final class ReplayProgress: Sendable {
    private struct State {
        var lastShown: Int64
        var isShown = false
    }

    /// Between two lines; a short replay shows none.
    private static let pauseNanoseconds: Int64 = 250_000_000

    private let isActive: Bool
    private let clock: any WallClock
    private let start: Int64
    private let state: Mutex<State>

    init(_ invocation: Invocation, _ clock: any WallClock) {
        isActive = invocation.diagnostics.showsProgress
        self.clock = clock
        start = clock.uptimeNanoseconds()
        state = Mutex(State(lastShown: start))
    }

    /// Says how many frames were read, and how many a second.
    func show(_ frames: UInt64) {
        guard isActive else { return }
        let now = clock.uptimeNanoseconds()
        state.withLock { state in
            guard now - state.lastShown >= Self.pauseNanoseconds else { return }
            state.lastShown = now
            state.isShown = true
            Self.write("\r\u{1B}[K" + Self.line(frames: frames, nanoseconds: now - start))
        }
    }

    /// Removes the line, so that something else can be written.
    func end() {
        state.withLock { state in
            if state.isShown { Self.write("\r\u{1B}[K") }
            state.isShown = false
        }
    }

    /// What the line says.
    static func line(frames: UInt64, nanoseconds: Int64) -> String {
        let milliseconds = UInt64(max(1, nanoseconds / 1_000_000))
        let thousands = frames / milliseconds
        return "\(frames / 1_000) thousand frames, \(thousands) thousand a second"
    }

    private static func write(_ text: String) {
        let bytes = Array(text.utf8)
        // A terminal that is gone needs no progress.
        _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(2, $0.baseAddress, $0.count) }
    }
}
