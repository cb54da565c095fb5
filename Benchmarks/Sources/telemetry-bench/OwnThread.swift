// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Work on a thread of its own that ends with the work; a pool would keep its threads.
struct OwnThread {
    private let thread: pthread_t

    /// Starts the work at once.
    init(_ work: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let box = unsafe Unmanaged.passRetained(Work(work)).toOpaque()
        let code = unsafe pthread_create(&thread, nil, startOfThread, box)
        precondition(code == 0, "no thread: errno \(code)")
        self.thread = thread
    }

    /// Waits for the end of the work; to be called once.
    func join() {
        _ = pthread_join(thread, nil)
    }
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
