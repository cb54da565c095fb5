// SPDX-License-Identifier: Apache-2.0

import Figures
import Glibc
import Modules
import Synchronization

/// Times a subject in threads that start each chunk together.
final class Together: Sendable {
    private let chunks = Chunks(events: 200)
    private let threads: Int
    private let samples: Int
    private let arrivals = Atomic(0)

    init(threads: Int, samples: Int) {
        self.threads = threads
        self.samples = samples
    }

    /// Nanoseconds for each event of all threads together: the part of one thread's time that
    /// their count makes of it, if they don't disturb each other. Each makes its own subject.
    func time<Tested: Subject>(_ make: @escaping @Sendable (Int) throws -> Tested) throws -> Double
    {
        let results = Mutex<[[Double?]]>([])
        let running = try (0..<threads).map { index in
            try JoinableThread {
                let times = (try? make(index)).map { self.run($0) } ?? []
                results.withLock { $0.append(times) }
            }
        }
        for thread in running { thread.join() }
        let all = results.withLock { $0 }
        let sums = (0..<samples).compactMap { sample -> Double? in
            let times = all.compactMap { $0.count > sample ? $0[sample] : nil }
            return times.count == threads ? times.max().map { $0 / Double(threads) } : nil
        }
        guard sums.count >= samples / 2 else { throw BenchmarkError("too many refusals") }
        return median(sums)
    }

    private func run(_ subject: some Subject) -> [Double?] {
        chunks.warmUp(subject)
        try? Chunks.awaitRoom(subject)
        return (0..<samples).map { _ in
            meet()
            let time = chunks.time(subject)
            if time == nil { try? Chunks.awaitRoom(subject) }
            return time
        }
    }

    /// Waits for the other threads, awake: being woken would take longer than the chunk.
    private func meet() {
        let arrival = arrivals.add(1, ordering: .acquiringAndReleasing).newValue
        let all = (arrival + threads - 1) / threads * threads
        var turns = 0
        while arrivals.load(ordering: .acquiring) < all {
            turns += 1
            if turns.isMultiple(of: 4096) { sched_yield() }
        }
    }
}
