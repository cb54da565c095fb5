// SPDX-License-Identifier: Apache-2.0

private import CBenchmark
import Figures
import Glibc
import Modules
import Synchronization
import Telemetry

/// What moving events costs: from journals to the store, from the store into a sealed batch.
struct StoringFigures {
    private static let passes = 7
    private static let processes = 4
    /// The level at which gzip works where nobody asks for another.
    private static let gzipLevel: Int32 = 6
    static let fillCommand = "fill"
    private static let fillThreads = 8

    let folder: String

    func all() throws -> [Figure] { [try flush(), try seal()] }

    func sealing() throws -> [Figure] { [try seal()] }

    private func seconds(_ body: () throws -> Void) rethrows -> Double {
        Double(try ContinuousClock().measure(body) / .nanoseconds(1)) / 1e9
    }

    // MARK: - Flush

    /// Events a second from the journals of killed processes into the store, the store's opening
    /// and closing included, against a bare insert of the same rows.
    private func flush() throws -> Figure {
        let rates = try (0..<Self.passes).map(flushRates)
        return Figure(
            name: "flush", value: median(rates.map(\.value)), unit: "events/s",
            floor: median(rates.map(\.floor)))
    }

    private func flushRates(pass: Int) throws -> (value: Double, floor: Double) {
        let home = try BenchmarkHome.enabled("\(folder)/flush-\(pass)")
        for _ in 0..<Self.processes {
            let child = ChildProcess("/proc/self/exe", [Self.fillCommand, home.folder])
            guard try child.run(deadlineMilliseconds: 60_000) == .signalled(SIGKILL) else {
                throw BenchmarkError("a process that fills a journal did not do so")
            }
        }
        // The processes' own flushers may have been quick.
        let before = max(0, unsafe cbenchmark_count(home.storage.store, "events"))
        let control = home.control
        var moved: Int64 = 0
        let first = try seconds { moved = try control.status().recorded - before }
        let second = try seconds { _ = try control.status() }
        let rows = try Rows(home.storage.store)
        let bare = try seconds { try rows.insert(into: "\(home.folder)/bare.sqlite") }
        return (Double(moved) / (first - second), Double(rows.count) / bare)
    }

    /// What the child does: fill its journal from several threads, then die.
    static func fillAndDie(home: String) throws {
        let module = BenchmarkHome(folder: home).module
        module.initialize()
        let threads = try (0..<UInt64(fillThreads)).map { seed in
            try JoinableThread {
                var mix = EventMix(seed: seed)
                while mix.record(into: module) {}
            }
        }
        for thread in threads { thread.join() }
        kill(getpid(), SIGKILL)
    }

    // MARK: - Seal

    /// Events a second of processor time from the store into one sealed batch, opening the store
    /// included, against compressing the same bytes alone.
    private func seal() throws -> Figure {
        let rates = try (0..<Self.passes).map(sealRates)
        return Figure(
            name: "seal", value: median(rates.map(\.value)), unit: "events/s",
            floor: median(rates.map(\.floor)))
    }

    private func sealRates(pass: Int) throws -> (value: Double, floor: Double) {
        let home = try BenchmarkHome.enabled("\(folder)/seal-\(pass)", isSendingAllowed: true)
        var mix = EventMix(seed: UInt64(pass))
        try home.record(&mix, count: BenchmarkHome.batchEventsMax)
        let control = home.control
        var body: [UInt8] = []
        let time = try processorSeconds {
            guard case .sealed(let batch, _) = try control.preview() else {
                throw BenchmarkError("nothing was sealed")
            }
            body = batch.body
        }
        let request = try uncompressed(body)
        let floor = processorSeconds { _ = compressed(request) }
        let events = Double(BenchmarkHome.batchEventsMax)
        return (events / time, events / floor)
    }

    /// What the whole process used of processors: other programs on the machine count less.
    private func processorSeconds(_ body: () throws -> Void) rethrows -> Double {
        func now() -> Double {
            var time = timespec()
            _ = unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
            return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        }
        let start = now()
        try body()
        return now() - start
    }

    private func uncompressed(_ body: [UInt8]) throws -> [UInt8] {
        var request = [UInt8](repeating: 0, count: 64 << 20)
        let count = unsafe cbenchmark_gunzip(body, body.count, &request, request.count)
        if count == 0 { throw BenchmarkError("the body is no gzip") }
        return Array(request.prefix(count))
    }

    private func compressed(_ request: [UInt8]) -> [UInt8] {
        var body = [UInt8](repeating: 0, count: request.count + 1024)
        let count = unsafe cbenchmark_gzip(
            request, request.count, Self.gzipLevel, &body, body.count)
        return Array(body.prefix(count))
    }
}
