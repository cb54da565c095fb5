// SPDX-License-Identifier: Apache-2.0

import Modules
import Synchronization
import Testing

private final class Diary: Sendable {
    private let lines = Mutex<[String]>([])
    func write(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
}

private struct Refusal: Error {}

private final class RecordingModule: Module {
    let name: String
    let configuration: Bool
    let diary: Diary

    init(_ name: String, fails: Bool = false, _ diary: Diary) {
        self.name = name
        self.configuration = fails
        self.diary = diary
    }

    func initialize() throws {
        if configuration { throw Refusal() }
        diary.write("+\(name)")
    }

    func shutdown() { diary.write("-\(name)") }
}

@Suite struct ModuleGroupTests {
    let quiet = Logger(program: "test", level: .error) { _ in }

    @Test func `modules start in order and stop in reverse`() throws {
        let diary = Diary()
        let group = ModuleGroup(
            ["a", "b", "c"].map { RecordingModule($0, diary) }, logger: quiet)
        try group.start()
        group.stop()
        #expect(diary.all == ["+a", "+b", "+c", "-c", "-b", "-a"])
    }

    @Test func `when one fails to start, those before it are stopped and its error is passed on`() {
        let diary = Diary()
        let group = ModuleGroup(
            [
                RecordingModule("a", diary), RecordingModule("b", fails: true, diary),
                RecordingModule("c", diary),
            ], logger: quiet)
        #expect(throws: Refusal.self) { try group.start() }
        #expect(diary.all == ["+a", "-a"])
    }

    @Test func `a logger leaves out what matters less than its level`() {
        let diary = Diary()
        let logger = Logger(program: "arpguard", level: .warning) { diary.write($0) }
        logger.log(.error, "one")
        logger.log(.warning, "two")
        logger.log(.info, "three")
        #expect(diary.all == ["arpguard: error: one\n", "arpguard: warning: two\n"])
    }
}
