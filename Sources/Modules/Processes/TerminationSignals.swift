// SPDX-License-Identifier: Apache-2.0

private import CSystem
import Glibc

/// SIGINT, SIGTERM and SIGHUP, taken as a wish to end instead of as a blow. Those that whoever
/// started the program had it ignore, as nohup(1) does, stay ignored.
///
/// Blocked for the calling thread and all that it starts later, so make it first thing in `main`.
public struct TerminationSignals: ~Copyable {
    private static let numbers = [SIGINT, SIGTERM, SIGHUP]

    /// Blocks the signals. Throws if the kernel refuses.
    public init() throws(SystemError) {
        var set = Self.signalSet()
        let code = unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        guard code == 0 else { throw SystemError(code: code, call: "pthread_sigmask") }
    }

    /// Waits until one of the signals comes, and returns its number.
    public func wait() throws(SystemError) -> Int32 {
        var set = Self.signalSet()
        var number: Int32 = 0
        let code = unsafe sigwait(&set, &number)
        guard code == 0 else { throw SystemError(code: code, call: "sigwait") }
        return number
    }

    /// The number of a signal that came since the last look, or nil. Does not wait.
    public func pending() -> Int32? {
        var set = Self.signalSet()
        var atOnce = timespec()
        let number = unsafe sigtimedwait(&set, nil, &atOnce)
        return number > 0 ? number : nil
    }

    private static func signalSet() -> sigset_t {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for number in numbers where !csystem_ignores(number) { unsafe sigaddset(&set, number) }
        return set
    }
}
