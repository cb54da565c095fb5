// SPDX-License-Identifier: Apache-2.0

private import CBenchmark
private import CIngest
import Figures
import Glibc

/// usage: ingest-bench table|json COLLECTOR FOLDER [REQUESTS [CONNECTIONS]]
///        ingest-bench insight COLLECTOR FOLDER [INSTALLATIONS [DAYS]]
///
/// `insight` measures the insight page over the batches of so many installations, each of a
/// hundred events. Otherwise it
/// measures what a collector's intake costs, in files below an empty folder, beside a server that
/// only receives, appends and syncs: CPU seconds per million events of the server's process, the
/// rate with the load generator on the same processors, the slowest hundredth at half that rate,
/// and the most memory. Every request is answered only after it is durable, by both.
@main
enum IngestBench {
    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            switch (arguments.first, arguments.count) {
            case ("table", 3...5), ("json", 3...5): try run(arguments)
            case ("insight", 3...5): try measureInsight(arguments)
            case (Server.floorCommand, 2): exit(unsafe cingest_floor(arguments[1]))
            default: exit(64)
            }
        } catch {
            say("ingest-bench: error: \(error)", to: 2)
            exit(2)
        }
    }

    private static func run(_ arguments: [String]) throws {
        let count = arguments.count > 3 ? Int(arguments[3]) ?? 0 : 5000
        let connections = arguments.count > 4 ? Int32(arguments[4]) ?? 0 : 8
        guard count > 0, connections > 0 else { exit(64) }
        let bench = Bench(
            collector: arguments[1], folder: arguments[2], count: count, connections: connections)
        for isCompressed in [false, true] {
            for figure in try bench.figures(isCompressed: isCompressed) {
                figure.show(as: arguments[0])
            }
        }
    }

    private static func measureInsight(_ arguments: [String]) throws {
        let installations = arguments.count > 3 ? Int(arguments[3]) ?? 0 : 100_000
        let days = arguments.count > 4 ? Int(arguments[4]) ?? 0 : 30
        guard installations >= 10, (1...30).contains(days) else { exit(64) }
        let bench = InsightBench(
            collector: arguments[1], folder: arguments[2], installations: installations, days: days)
        for figure in try bench.figures() { figure.show(as: "table") }
    }
}

/// A server under load: the collector or the floor.
struct Server {
    static let floorCommand = "floor"

    private var handle = cingest_server()

    init(_ path: String, _ arguments: [String]) throws {
        let texts = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
        defer { unsafe texts.forEach { unsafe free($0) } }
        let status = unsafe cingest_start(path, texts, &handle)
        guard status == 0 else { throw BenchmarkError("\(path) did not start") }
    }

    var cpuSeconds: Double { cingest_cpu(handle.process) }
    var peakMiB: Double { Double(cingest_peak_kib(handle.process)) / 1024 }

    /// Sends all requests and takes the microseconds of each; how many seconds all took.
    func load(
        _ requests: Requests, connections: Int32, perSecond: Double,
        latencies: inout [UInt32]
    ) throws -> Double {
        var result = cingest_result()
        let status = unsafe requests.bytes.withUnsafeBufferPointer { bytes in
            unsafe requests.ends.map { $0 }.withUnsafeBufferPointer { ends in
                let all = unsafe cingest_requests(
                    bytes: bytes.baseAddress, ends: ends.baseAddress, count: ends.count)
                return unsafe cingest_load(
                    handle.port, connections, all, perSecond, &latencies, &result)
            }
        }
        guard status == 0, result.refused == 0 else {
            throw BenchmarkError(
                "\(result.refused) of \(requests.ends.count) requests were refused")
        }
        return result.seconds
    }

    /// The port of the insight page, which a collector tells after that of its intake.
    mutating func insightPort() throws -> UInt16 {
        let port = unsafe cingest_next_port(&handle)
        guard port > 0 else { throw BenchmarkError("there is no insight page") }
        return port
    }

    /// Milliseconds until a path was fetched.
    static func milliseconds(toGet path: String, from port: UInt16) throws -> Double {
        var bytes = 0
        let seconds = unsafe cingest_get(port, path, &bytes)
        guard seconds >= 0 else { throw BenchmarkError("\(path) was refused") }
        return seconds * 1000
    }

    mutating func stop() {
        unsafe cingest_stop(&handle)
    }
}
