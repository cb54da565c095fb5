// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Dispatch
import Synchronization
import TestKit
import Testing

@testable import Telemetry

@Suite struct HandlerTests {
    /// An error whose words are others each time.
    private struct Refusal: Error { let number: Int }

    private let home: Home

    init() throws {
        home = try Home()
        try home.enable()
    }

    @Test func `a handler gets the events of its type, as they are stored`() throws {
        let module = home.module()
        let seen = Mutex<[StoredEvent]>([])
        let done = DispatchSemaphore(value: 0)
        module.onEvent("app_stop") { event in
            seen.withLock { $0.append(event) }
            done.signal()
        }
        module.initialize()
        module.trackEvent("app_start", ["os": "linux"])
        module.trackEvent("app_stop", ["exit": "clean", "host": "10.0.0.1"])
        module.flush()
        #expect(done.wait(timeout: .now() + .seconds(30)) == .success)
        #expect(
            seen.withLock { $0 } == (try home.control().events()).filter { $0.name == "app_stop" })
        #expect(seen.withLock { $0.first?.properties } == [StoredEvent.Property("exit", "clean")])
        module.end()
    }

    @Test func `a handler that fails is counted and told once, and nothing else suffers`() throws {
        let module = home.module()
        let done = DispatchSemaphore(value: 0)
        let calls = Mutex(0)
        module.onEvent("app_start") { _ in
            throw Refusal(
                number: calls.withLock { count in
                    count += 1
                    return count
                })
        }
        module.onEvent("app_stop") { _ in done.signal() }
        module.initialize()
        for _ in 0..<3 { #expect(module.trackEvent("app_start")) }
        module.trackEvent("app_stop")
        module.flush()
        #expect(done.wait(timeout: .now() + .seconds(30)) == .success)
        #expect(module.status.handlerFailures == 3)
        #expect(module.status.problems.count == 1)
        #expect(home.told.contains("a handler of app_start failed"))
        module.end()
        #expect(try home.control().events().count == 4)
    }

    @Test func `reasons are told up to a bound, and the last one says that it is`() throws {
        let module = home.module()
        module.initialize()
        for number in 1...100 { module.recorder.tell("reason \(number).") }
        #expect(module.status.problems.count == Recorder.reasonsMax)
        #expect(home.told.contains("reason 63."))
        #expect(home.told.contains("reason 64.; no further reasons are told"))
        #expect(!home.told.contains("reason 65."))
        module.end()
    }

    @Test func `a handler that hangs holds up neither recording nor shutdown`() throws {
        let module = home.module()
        let hung = DispatchSemaphore(value: 0)
        defer { hung.signal() }
        module.onEvent("app_start") { _ in hung.wait() }
        module.initialize()
        for _ in 0..<5 {
            for _ in 0..<300 { #expect(module.trackEvent("app_start")) }
            module.flush()
        }
        #expect(module.status.handlerOverflows == 500)
        module.end()
        #expect(try home.control().events().count == 1500)
    }
}
