// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Dispatch
import HTTPServing
import Modules
import OTLP
import TestKit
import Testing

@testable import Collector

@Suite struct HostileIntakeTests {
    @Test(arguments: [
        ("GET", "/healthz", 200), ("GET", "/healthz%00", 404), ("GET", "/healthz%00x", 404),
        ("GET", "/health%7A", 200), ("POST", "/v1/logs%00/more", 404),
        ("DELETE", "/v1/installations%00/x", 404),
    ])
    func `a path does not end where a zero byte is written`(
        method: String, path: String, status: Int
    ) throws {
        let collector = try SampleCollector()
        let reply = try HTTPClient.send(method, path, port: collector.intakePort)
        #expect(reply.status == status)
    }

    @Test func `many at once: each batch counts once`() throws {
        let collector = try SampleCollector(k: 2)
        let port = collector.intakePort
        DispatchQueue.concurrentPerform(iterations: 60) { index in
            let number = index % 12 + 1
            let body = SampleRequest(number, batch: number).with("app_start").bytes
            let type = HTTPHeader("Content-Type", "application/x-protobuf")
            let reply = try? HTTPClient.send(
                "POST", "/v1/logs", port: port, headers: [type], body: body)
            #expect(reply?.status == 200)
        }
        let insight = try collector.store.storage.insight(in: today...today, k: 2)
        let events = insight.tables.first { $0.group == .event }
        #expect(insight.activeInstallations == 12)
        #expect(events?.rows.map(\.count) == [12])
    }

    /// Whatever arrives, figures carry only words of the catalogue, and versions.
    @Test func `mutated requests bring no word of their own into the figures`() throws {
        let random = SeededRandom(seed: 11)
        let original = SampleRequest()
            .resource("telemetry.lost.queue_full", .int(3))
            .with("feature_usage", ("feature", .string("arp_scan")), ("duration_ms", .int(5)))
            .with("error", ("feature", .string("replay")), ("error_type", .string("other")))
            .bytes
        let policy = IntakePolicy()
        var admitted = 0
        for _ in 0..<3000 {
            var bytes = original
            for _ in 0...random.uniform(below: 3) {
                let place = Int(random.uniform(below: UInt64(bytes.count)))
                bytes[place] = random.bytes(1)[0]
            }
            let request = HTTPRequest(
                .post, "/v1/logs", headers: ["Content-Type": "application/x-protobuf"],
                body: bytes)
            let room = BodyRoom(ByteBudget(bytesMax: 1 << 20), perNetworkMax: 0)
            let reader = RequestReader(
                policy: policy, room: RequestRoom(room, of: request, network: nil))
            guard let logs = try? reader.read(request) else { continue }
            let batches = try policy.decide(logs, on: today).batches
            for name in batches.flatMap(\.figures.values).flatMap(\.figures.keys) {
                admitted += 1
                #expect(Counter(name).map(Self.isKnown) == true, "\(name)")
            }
        }
        #expect(admitted > 0)
    }

    @Test func `losses of any size are taken and the collector serves on`() throws {
        let collector = try SampleCollector()
        for number in 1...2 {
            let request = SampleRequest(number, batch: number)
                .resource("telemetry.lost.queue_full", .int(.max))
                .resource("telemetry.lost.retention", .int(.max))
                .with("app_start")
            #expect(try collector.post(request.bytes).status == 200)
        }
        let losses = try collector.store.storage.insight(in: today...today, k: 2).tables
            .first { $0.group == .loss }
        #expect(
            losses?.rows.map(\.count) == [
                2 * DayFigures.contributionsMax, 2 * DayFigures.contributionsMax,
            ])
    }

    private static func isKnown(_ counter: Counter) -> Bool {
        switch counter.group {
        case .version:
            return PropertyGuard.isVersion(counter.labels[0])
                || counter.labels[0] == Counter.notTold
        case .loss: return ResourceFacts.lossReasons.contains(counter.labels[0])
        case .event: return Catalogue.standard.event(named: counter.labels[0]) != nil
        case .property:
            let property = Catalogue.standard.event(named: counter.labels[0])?
                .property(named: counter.labels[1])
            guard case .choice(let words) = property?.kind else { return false }
            return (words + [Counter.notTold]).contains(counter.labels[2])
        case .feature, .run, .alert, .error:
            return zip(counter.group.labelNames, counter.labels).allSatisfy { name, label in
                Catalogue.standard.events.contains { event in
                    guard case .choice(let words) = event.property(named: name)?.kind else {
                        return false
                    }
                    return (words + [Counter.notTold]).contains(label)
                }
            }
        }
    }
}
