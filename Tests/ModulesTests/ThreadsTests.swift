// SPDX-License-Identifier: Apache-2.0

import Glibc
import Modules
import Synchronization
import TestKit
import Testing

@Suite struct ThreadsTests {
    @Test func `its work is done in another thread, which no signal of the process reaches`() throws
    {
        let gate = Gate()
        let seen = Mutex<(isOther: Bool, isMasked: Bool)?>(nil)
        let caller = pthread_self()
        try DetachedThread.start {
            var mask = sigset_t()
            unsafe pthread_sigmask(SIG_BLOCK, nil, &mask)
            let isMasked = unsafe sigismember(&mask, SIGTERM) == 1
            seen.withLock { $0 = (pthread_equal(pthread_self(), caller) == 0, isMasked) }
            gate.open()
        }
        try gate.wait()
        let found = try #require(seen.withLock { $0 })
        #expect(found.isOther)
        #expect(found.isMasked)
    }

    @Test func `who waits for the end of work sees all that it did`() throws {
        let sum = Atomic(0)
        let threads = try (1...4).map { number in
            try JoinableThread { sum.add(number, ordering: .relaxed) }
        }
        for thread in threads { thread.join() }
        #expect(sum.load(ordering: .relaxed) == 10)
    }

    @Test func `the caller keeps its own signals`() throws {
        var before = sigset_t()
        unsafe pthread_sigmask(SIG_BLOCK, nil, &before)
        try DetachedThread.start {}
        var after = sigset_t()
        unsafe pthread_sigmask(SIG_BLOCK, nil, &after)
        for signal in 1..<32 as Range<Int32> {
            #expect(unsafe sigismember(&before, signal) == sigismember(&after, signal))
        }
    }
}
