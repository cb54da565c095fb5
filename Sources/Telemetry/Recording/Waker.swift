// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc
import Synchronization

/// Lets any thread ask for work, without allocating and without waiting: a thread of its own does
/// it. Asked many times before the work begins, it is done once or twice.
final class Waker: Sendable {
    private enum State: Int { case idle, running, ended }

    private let semaphore = DispatchSemaphore(value: 0)
    private let state = Atomic(State.idle.rawValue)

    /// Starts the thread, unless it runs or has ended. Without a thread the work waits for others.
    func start(_ work: @escaping @Sendable () -> Void) {
        let (isFirst, _) = state.compareExchange(
            expected: State.idle.rawValue, desired: State.running.rawValue,
            ordering: .acquiringAndReleasing)
        guard isFirst else { return }
        let box = unsafe Unmanaged.passRetained(Work { self.run(work) })
        // The host's signals are for the host's threads: this one inherits a mask that blocks all.
        var (all, before) = (sigset_t(), sigset_t())
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
        var thread = pthread_t()
        let code = unsafe pthread_create(&thread, nil, startOfThread, box.toOpaque())
        unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
        if code == 0 {
            pthread_detach(thread)
        } else {
            unsafe box.release()
        }
    }

    private func run(_ work: () -> Void) {
        while true {
            semaphore.wait()
            guard state.load(ordering: .acquiring) == State.running.rawValue else { return }
            work()
        }
    }

    /// Asks for the work; nothing happens before `start`.
    func wake() { semaphore.signal() }

    /// Ends the thread for good, after the work that it is at.
    func end() {
        state.store(State.ended.rawValue, ordering: .releasing)
        semaphore.signal()
    }
}

private final class Work {
    let run: () -> Void

    init(_ run: @escaping () -> Void) { self.run = run }
}

private func startOfThread(_ box: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let box = unsafe box else { return nil }
    unsafe Unmanaged<Work>.fromOpaque(box).takeRetainedValue().run()
    return nil
}
