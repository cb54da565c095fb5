// SPDX-License-Identifier: Apache-2.0

internal import HTTPServing

extension CollectorMetrics {
    /// The counts in Prometheus' text format, version 0.0.4. Names and labels come from closed
    /// lists, and those that are zero are there too.
    func text(bytesInFlight: Int, connections: Int) -> String {
        let state = current
        var page = MetricsPage()
        page.family(
            "arpguard_collector_answers_total", "counter", "Answers of the intake by status.")
        for (status, count) in state.answers.sorted(by: { $0.key < $1.key }) {
            page.sample(["status": String(status)], count)
        }
        page.single(
            "arpguard_collector_records_admitted_total", "counter",
            "Records that went into the figures.", state.recordsAdmitted)
        page.family(
            "arpguard_collector_left_out_total", "counter",
            "Records, properties and attributes that were left out, by reason.")
        for reason in Tally.Reason.allCases {
            page.sample(["reason": reason.rawValue], state.leftOut.counts[reason] ?? 0)
        }
        page.family(
            "arpguard_collector_batches_total", "counter", "Batches by what became of them.")
        for word in BatchOutcome.words {
            page.sample(["outcome": word], state.batches[word] ?? 0)
        }
        page.family("arpguard_collector_erasures_total", "counter", "Erasures by outcome.")
        for word in ErasureOutcome.words {
            page.sample(["outcome": word], state.erasures[word] ?? 0)
        }
        page.single(
            "arpguard_collector_new_installations_total", "counter",
            "Installations of which nothing was known.", state.newInstallations)
        page.single(
            "arpguard_collector_unknown_networks_total", "counter",
            "Requests of which the proxy did not tell where they are from.", state.unknownNetworks)
        page.single(
            "arpguard_collector_commit_failures_total", "counter", "Commits that failed.",
            state.commitFailures)
        page.single(
            "arpguard_collector_committed_requests_total", "counter",
            "Requests whose commit ended, with success or without.", state.commitRequests)
        commitTimes(state, &page)
        page.single(
            "arpguard_collector_bytes_in_flight", "gauge",
            "Bytes of requests that are received, handled or stored.", bytesInFlight)
        page.single(
            "arpguard_collector_connections", "gauge", "Open connections of the intake.",
            connections)
        return page.text
    }

    private func commitTimes(_ state: State, _ page: inout MetricsPage) {
        page.family(
            "arpguard_collector_commit_seconds", "histogram", "How long commits took.")
        for (bound, count) in zip(Self.commitBuckets, state.commitBuckets) {
            page.sample("_bucket", ["le": Self.seconds(Int64(bound) * 1_000_000)], count)
        }
        page.sample("_bucket", ["le": "+Inf"], state.commits)
        page.line("_sum", [:], Self.seconds(state.commitNanoseconds))
        page.sample("_count", [:], state.commits)
    }

    /// Nanoseconds in seconds, without a needless digit.
    private static func seconds(_ nanoseconds: Int64) -> String {
        var fraction = String(nanoseconds % 1_000_000_000 + 1_000_000_000).dropFirst()
        while fraction.last == "0" { fraction.removeLast() }
        let whole = nanoseconds / 1_000_000_000
        return fraction.isEmpty ? "\(whole)" : "\(whole).\(fraction)"
    }
}

/// A page of metrics while it is written.
private struct MetricsPage {
    private(set) var text = ""
    private var name = ""

    mutating func family(_ name: String, _ type: String, _ help: String) {
        self.name = name
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    mutating func single(_ name: String, _ type: String, _ help: String, _ value: Int) {
        family(name, type, help)
        sample([:], value)
    }

    mutating func sample(_ labels: [String: String], _ value: Int) {
        sample("", labels, value)
    }

    mutating func sample(_ suffix: String, _ labels: [String: String], _ value: Int) {
        line(suffix, labels, String(value))
    }

    mutating func line(_ suffix: String, _ labels: [String: String], _ value: String) {
        let inner = labels.map { "\($0.key)=\"\($0.value)\"" }.joined(separator: ",")
        text += "\(name)\(suffix)\(inner.isEmpty ? "" : "{\(inner)}") \(value)\n"
    }
}
