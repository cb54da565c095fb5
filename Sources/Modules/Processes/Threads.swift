// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Work on a thread of its own that ends with the work. For work that waits: a pool would keep
/// its threads, and its timers raise the priority of one, which an ordinary user may not and which
/// leaves a line about that in the system's log.
///
/// Such a thread takes none of the process's signals: those are for the threads of the program, or
/// of the host.
public enum DetachedThread {
    /// Starts work whose end nobody waits for.
    /// Throws where the system gives no thread; the work is not done then.
    public static func start(
        _ work: @escaping @Sendable () -> Void
    ) throws(SystemError) {
        pthread_detach(try startThread(work))
    }
}

/// The same for work whose end somebody waits for.
public struct JoinableThread: Sendable {
    private let thread: pthread_t

    /// Starts the work at once.
    /// Throws where the system gives no thread; the work is not done then.
    public init(_ work: @escaping @Sendable () -> Void) throws(SystemError) {
        thread = try startThread(work)
    }

    /// Waits for the end of the work; to be called once.
    public func join() {
        _ = pthread_join(thread, nil)
    }
}

private func startThread(_ work: @escaping @Sendable () -> Void) throws(SystemError) -> pthread_t {
    let box = unsafe Unmanaged.passRetained(Work(work))
    var (all, before) = (sigset_t(), sigset_t())
    unsafe sigfillset(&all)
    unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    var thread = pthread_t()
    let code = unsafe pthread_create(&thread, nil, startOfThread, box.toOpaque())
    guard code == 0 else {
        unsafe box.release()
        throw SystemError(code: code, call: "pthread_create")
    }
    return thread
}

private final class Work {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

private func startOfThread(_ box: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let box = unsafe box else { return nil }
    unsafe Unmanaged<Work>.fromOpaque(box).takeRetainedValue().run()
    return nil
}
