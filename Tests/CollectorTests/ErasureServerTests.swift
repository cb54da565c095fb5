// SPDX-License-Identifier: Apache-2.0

import JSON
import TestKit
import Testing

@testable import Collector

@Suite struct ErasureServerTests {
    private static func collector(installations: Int) throws -> SampleCollector {
        let collector = try SampleCollector(k: 10)
        for number in 1...installations {
            let request = SampleRequest(number, batch: number).with("app_start")
            #expect(try collector.post(request.bytes).status == 200)
        }
        return collector
    }

    private static func active(_ collector: SampleCollector) throws -> Int64? {
        try JSONValue.parse(collector.insight())["active_installations"]?.integerValue
    }

    @Test func `erasing one of twelve installations leaves eleven`() throws {
        let collector = try Self.collector(installations: 12)
        #expect(try Self.active(collector) == 12)
        let reply = try collector.erase(installation(3), secret: secret(3))
        #expect(reply.status == 204)
        #expect(reply.body.isEmpty)
        #expect(try Self.active(collector) == 11)
        let resend = SampleRequest(3, batch: 3).with("app_start")
        #expect(try collector.post(resend.bytes).status == 200)
        let later = SampleRequest(3, batch: 20).with("app_start")
        #expect(try collector.post(later.bytes).status == 200)
        #expect(try Self.active(collector) == 11)
    }

    @Test func `each wrong request is told apart and erases nothing`() throws {
        let collector = try Self.collector(installations: 10)
        let unauthorized = try collector.erase(installation(1), secret: nil)
        #expect(unauthorized.status == 401)
        #expect(unauthorized.header("WWW-Authenticate") == "Bearer")
        #expect(try collector.erase("1", secret: secret(1)).status == 400)
        #expect(try collector.erase(installation(1) + "0", secret: secret(1)).status == 400)
        #expect(try Self.active(collector) == 10)
    }

    @Test func `no erasure is answered before the step that hides what was found`() throws {
        let standard = CollectorConfiguration().erasureStepMilliseconds
        let collector = try SampleCollector { $0.erasureStepMilliseconds = standard }
        let request = SampleRequest(1, batch: 1).with("app_start")
        #expect(try collector.post(request.bytes).status == 200)
        for (number, word) in [(77, "any"), (1, "wrong"), (1, secret(1)), (1, secret(1))] {
            let start = ContinuousClock.now
            #expect(try collector.erase(installation(number), secret: word).status == 204)
            #expect(ContinuousClock.now - start >= .milliseconds(100), "\(number) \(word)")
        }
    }

    @Test(
        arguments: [
            (0, 100, 100), (1, 100, 99), (99, 100, 1), (100, 100, 100), (130, 100, 70), (5, 0, 0),
        ] as [(Int64, Int, Int64)])
    func `an answer waits for the end of a step`(passed: Int64, step: Int, rest: Int64) {
        #expect(
            IntakeRoutes.rest(after: passed * 1_000_000, stepMilliseconds: step)
                == rest * 1_000_000)
    }

    @Test func `a wrong secret is answered as an unknown installation and erases nothing`() throws {
        let collector = try Self.collector(installations: 10)
        let answers = try [
            collector.erase(installation(77), secret: "any"),
            collector.erase(installation(1), secret: "wrong"),
            collector.erase(installation(1), secret: secret(2)),
        ]
        for answer in answers {
            #expect(answer.status == 204)
            #expect(answer.body.isEmpty)
            #expect(answer.header("Content-Type") == nil)
        }
        #expect(try Self.active(collector) == 10)
        #expect(try collector.erase(installation(1), secret: secret(1)).status == 204)
        #expect(try Self.active(collector) == nil)
    }
}
