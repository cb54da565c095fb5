// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Modules
import Synchronization
import Telemetry
import TestKit
import Testing

/// A disk that answers nothing until it is told to.
private final class Barrier: Sendable {
    private let gate = Mutex<TestKit.Gate?>(nil)
    /// Opens when somebody waits.
    let arrived = TestKit.Gate()

    func close() { gate.withLock { $0 = TestKit.Gate() } }

    func open() {
        gate.withLock { gate in
            gate?.open()
            gate = nil
        }
    }

    func pass() {
        guard let gate = gate.withLock({ $0 }) else { return }
        arrived.open()
        try? gate.wait()
    }
}

/// What a host calls returns though the disk does not answer; a call that waited for it would
/// never return here.
@Suite struct SlowDiskTests {
    private let home: Home
    private let barrier = Barrier()
    private let module: TelemetryModule

    init() throws {
        home = try Home()
        try home.enable()
        var seams = home.seams()
        seams.clock = SystemClock()
        seams.files = FailingFiles(unreadable: { [barrier] _ in
            barrier.pass()
            return false
        })
        module = TelemetryModule(
            for: Product("arpguard", version: "0.1.0"), config: .withURL,
            home: home.folder.file("home"), seams: seams)
        module.initialize()
    }

    private func track() -> Bool { module.trackEvent("app_start", ["mode": "replay"]) }

    @Test func `an event after a change of consent waits for no disk, and its loss is counted`()
        throws
    {
        #expect(track())
        module.flush()
        barrier.close()
        _ = try home.control().rotateID()
        #expect(!track())
        #expect(!track())
        barrier.open()
        module.flush()
        #expect(track())
        module.end()
        let status = try home.control().status()
        #expect(status.recorded == 2)
        #expect(status.lost.map(\.reason) == ["queue_full"])
        #expect(status.lost.map(\.count) == [2])
    }

    @Test func `shutdown waits for no disk`() throws {
        #expect(track())
        barrier.close()
        let flusher = OwnThread { [module] in module.flush() }
        try barrier.arrived.wait()
        module.shutdown()
        barrier.open()
        try flusher.value()
        #expect(try home.control().status().recorded == 1)
    }
}
