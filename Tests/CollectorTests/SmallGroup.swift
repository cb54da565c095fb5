// SPDX-License-Identifier: Apache-2.0

import Catalogue
import HTTPServing
import Modules
import OTLP
import TestKit
import Testing

@testable import Collector

/// A group of fewer than ten installations, which is all that two collectors differ by.
struct SmallGroup: Sendable, CustomTestStringConvertible {
    /// Who is in the group: they have all that the others have, too.
    static let members = 1...3

    let testDescription: String
    /// Sends what makes the group, or what is there without it.
    private let send: Sending

    private typealias Sending = @Sendable (SampleCollector, _ isThere: Bool) throws -> Void

    /// A collector with what forty installations reported, and with the group or without it.
    func collector(isThere: Bool) throws -> SampleCollector {
        let collector = try SampleCollector(k: 10) {
            $0.policy = IntakePolicy(
                catalogues: ["arpguard": .standard, "swiftlinter": .standard])
        }
        var all = ExportLogsRequest()
        all.resourceLogs = (1...40).flatMap { Self.usual($0).message.resourceLogs }
        try Self.expectTaken(collector.post(all.encoded()))
        try send(collector, isThere)
        return collector
    }

    /// What each installation reports.
    private static func usual(_ number: Int) -> SampleRequest {
        var request = SampleRequest(number, batch: number)
            .resource("telemetry.lost.queue_full", .int(2))
            .with("app_start", ("unknown", .int(1)), ("os", .string("linux")), x86, watch)
            .with("app_stop", clean).with("detection_run", watch)
            .with("alert_generated", spoofing, ("severity", .string("high")))
            .with("error", replay, ("error_type", .string("capture_missing")))
        for _ in 1...5 { request = request.with("feature_usage", scan, milliseconds(100)) }
        return number > 12 ? request : request.with("feature_usage", replay)
    }

    private static let x86 = ("arch", AnyValue.string("x86_64"))
    private static let watch = ("mode", AnyValue.string("watch"))
    private static let clean = ("exit", AnyValue.string("clean"))
    private static let spoofing = ("alert_type", AnyValue.string("arp_spoofing"))
    private static let (scan, replay) = (feature("arp_scan"), feature("replay"))
    private static func feature(_ word: String) -> (String, AnyValue) { ("feature", .string(word)) }
    private static func milliseconds(_ number: Int64) -> (String, AnyValue) {
        ("duration_ms", .int(number))
    }
}

extension SmallGroup {
    /// Members that send one more batch, and otherwise nothing.
    private init(
        _ description: String, from numbers: ClosedRange<Int> = members,
        _ more: @escaping @Sendable (SampleRequest) -> SampleRequest
    ) {
        self.init(testDescription: description) { collector, isThere in
            guard isThere else { return }
            try Self.post(to: collector, from: numbers, more)
        }
    }

    /// Installations that send one more batch, and otherwise another one.
    private init(
        _ description: String, from numbers: ClosedRange<Int> = members,
        _ more: @escaping @Sendable (SampleRequest, _ isThere: Bool) -> SampleRequest
    ) {
        self.init(testDescription: description) { collector, isThere in
            try Self.post(to: collector, from: numbers) { more($0, isThere) }
        }
    }

    private static func post(
        to collector: SampleCollector, from numbers: ClosedRange<Int>,
        _ more: (SampleRequest) -> SampleRequest
    ) throws {
        for number in numbers {
            let request = more(SampleRequest(number, batch: 100 + number))
            try expectTaken(collector.post(request.bytes))
        }
    }

    static let all = tables + wholes + others + [erased]

    private static let others = [
        SmallGroup("a reason of losses") {
            $0.resource("telemetry.lost.damaged", .int(9)).with("detection_run", watch)
        } otherwise: {
            $0.with("detection_run", watch)
        },
        SmallGroup("a day") {
            $0.with("app_start", x86, day: Day(number: today.number - 1))
        },
        SmallGroup("a service") { request in
            var other = request
            other.service = "swiftlinter"
            return other.with("app_start", x86)
        },
        // Together they bring a step of it.
        SmallGroup("a reason of what is left out", from: 41...43) {
            (1...5).reduce($0) { request, _ in request.with("nonsense") }
        },
    ]

    private static let erased = SmallGroup(testDescription: "an installation that was erased") {
        (collector: SampleCollector, isThere: Bool) throws in
        guard isThere else { return }
        let request = SampleRequest(41, batch: 141).with("app_start", x86)
        try expectTaken(collector.post(request.bytes))
        #expect(try collector.erase(installation(41), secret: secret(41)).status == 204)
        try expectTaken(collector.post(request.bytes))
    }

    private static func expectTaken(_ reply: HTTPReply) {
        #expect(reply.status == 200, "\(reply.text)")
    }

    /// Where those in the group make records more.
    private static let tables = [
        SmallGroup("an event") {
            $0.with("config_change", ("setting", .string("output.command")))
        },
        SmallGroup("a value of an event's only property") {
            $0.with("app_stop", ("exit", .string("signal")))
        },
        SmallGroup("a feature") { $0.with("feature_usage", feature("dashboard")) },
        SmallGroup("records that do not tell the feature") { $0.with("feature_usage") },
        SmallGroup("a mode of detection") { $0.with("detection_run", ("mode", .string("replay"))) },
        SmallGroup("a severity of an alert") {
            $0.with("alert_generated", spoofing, ("severity", .string("low")))
        },
        SmallGroup("a type of error") {
            $0.with("error", replay, ("error_type", .string("output_failed")))
        },
    ]

    /// Where those in the group report something else than without it.
    private static let wholes = [
        SmallGroup("a value in one of an event's tables") { request, isThere in
            request.with("app_start", ("arch", .string(isThere ? "arm64" : "x86_64")))
        },
        SmallGroup("the rest of a list of one word") { request, isThere in
            isThere
                ? request.with("app_start", x86, watch)
                : request.with("app_start", ("os", .string("linux")), x86, watch)
        },
        SmallGroup("a version beside another one") { $0.of($1 ? "0.2.0" : "0.1.0") },
        // Of 43 installations 40 have the other version, or all.
        SmallGroup("a version alone", from: 41...43) { $0.of($1 ? "0.2.0" : "0.1.0") },
        // Of 50 installations 49 have the other version, or all.
        SmallGroup("a version that makes the other one miss a step", from: 41...50) {
            $0.of($1 && $0.installation == installation(50) ? "0.2.0" : "0.1.0")
        },
        // 49 of 50 installations have an event, or all.
        SmallGroup("one that lacks an event", from: 41...50) { request, isThere in
            let stops = [49: 2, 50: 0].first { request.installation == installation($0.key) }
            return (0..<(isThere ? stops?.value ?? 1 : 1)).reduce(request.with("app_start", x86)) {
                request, _ in request.with("app_stop", clean)
            }
        },
        // All 49 installations have an event, or all but one, which makes two records of it.
        SmallGroup("one that alone lacks an event", from: 40...49) { request, isThere in
            let runs = [48: 2, 49: 0].first { request.installation == installation($0.key) }
            let few = request.with("app_start", x86)
            return (0..<(isThere ? runs?.value ?? 1 : 1)).reduce(few) { request, _ in
                request.with("detection_run", watch)
            }
        },
        SmallGroup("durations that few tell") { request, isThere in
            isThere
                ? request.with("detection_run", watch, milliseconds(50))
                : request.with("detection_run", watch)
        },
        SmallGroup("a duration that one reaches", from: 1...1) { request, isThere in
            request.with("feature_usage", scan, milliseconds(isThere ? 60_000 : 100))
        },
    ]
}

extension SmallGroup {
    private init(
        _ description: String, _ more: @escaping @Sendable (SampleRequest) -> SampleRequest,
        otherwise: @escaping @Sendable (SampleRequest) -> SampleRequest
    ) {
        self.init(description) { $1 ? more($0) : otherwise($0) }
    }
}

extension SampleRequest {
    /// One record of a program of this version.
    fileprivate func of(_ version: String) -> Self {
        var request = self
        request.resource[0] = KeyValue(key: "service.version", value: .string(version))
        return request.with("app_stop", ("exit", .string("clean")))
    }
}
