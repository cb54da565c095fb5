// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc
import Modules
import Synchronization

/// `simulate COUNT [FIRST [stop]]`: runs seeds and prints what was covered; fails at a broken
/// promise, and with `stop` ends there. A seed that does not end is one.
package enum SimulateCommand {
    /// How much processor time all seeds together may take while one is under way, in seconds: a
    /// hundred times what the slowest needs. However busy the machine is, that is enough for each.
    private static let processorSecondsMax: Int64 = 240
    /// How long a seed may take on the clock, in seconds: one that waits computes nothing.
    private static let secondsMax: Int64 = 3600
    /// When each seed that is under way began.
    private static let underWay = Mutex<[UInt64: Moment]>([:])

    /// A point of the run, in nanoseconds.
    private struct Moment {
        /// Of the clock that never steps.
        let time = SystemClock().uptimeNanoseconds()
        /// Of the processor time of this process.
        let processorTime = Moment.processorNanoseconds

        private static var processorNanoseconds: Int64 {
            var time = timespec()
            // The call writes nothing but its argument, and knows this clock on every Linux.
            guard unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return 0 }
            return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        }

        /// Whether a seed that began then should have ended by `now`.
        func isTooLong(at now: Moment) -> Bool {
            now.processorTime - processorTime > processorSecondsMax * 1_000_000_000
                || now.time - time > secondsMax * 1_000_000_000
        }
    }

    /// Runs seeds on all processors. Ends the process.
    package static func main(_ arguments: [String]) -> Never {
        let stops = arguments.count == 4 && arguments[3] == "stop"
        let numbers = arguments.dropFirst().prefix(2).compactMap { UInt64($0) }
        guard numbers.count == arguments.count - (stops ? 2 : 1), !numbers.isEmpty else {
            print("usage: simulate COUNT [FIRST [stop]]   runs COUNT seeds, from FIRST (1)")
            exit(64)
        }
        let first = numbers.count == 2 ? numbers[1] : 1
        let watch = watchForSeedsThatDoNotEnd()
        defer { watch.cancel() }
        let coverage = run(seeds: first..<first + numbers[0], stops: stops)
        print(coverage)
        exit(coverage.violations == 0 ? 0 : 1)
    }

    /// Runs seeds, each on one thread of as many as the machine has; all of them, or up to the
    /// first promise that does not hold.
    package static func run(seeds: Range<UInt64>, stops: Bool = false) -> Coverage {
        let next = Atomic<UInt64>(seeds.lowerBound)
        let total = Mutex(Coverage())
        let threads = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            while true {
                let seed = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard seed < seeds.upperBound else { return }
                if stops, total.withLock({ $0.violations > 0 }) { return }
                underWay.withLock { $0[seed] = Moment() }
                let report = Result { try Simulation.run(seed: seed) }
                underWay.withLock { $0[seed] = nil }
                total.withLock { $0.add(report, seed: seed) }
            }
        }
        return total.withLock { $0 }
    }

    private static func watchForSeedsThatDoNotEnd() -> any DispatchSourceTimer {
        let timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "simulate.watch"))
        timer.setEventHandler {
            let now = Moment()
            let late = underWay.withLock { begun in begun.first { $0.value.isTooLong(at: now) } }
            guard let seed = late?.key else { return }
            print(
                "seed \(seed) broke: it does not end\n"
                    + "again: make simulate SEEDS=1 FIRST=\(seed)")
            exit(1)
        }
        timer.schedule(deadline: .now() + .seconds(1), repeating: .seconds(1))
        timer.resume()
        return timer
    }
}
