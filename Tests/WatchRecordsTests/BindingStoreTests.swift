// SPDX-License-Identifier: Apache-2.0

import Modules
import SQLite
import TestKit
import Testing

@testable import WatchRecords

struct BindingStoreTests {
    let folder: TemporaryDirectory
    let store: BindingStore

    init() throws {
        folder = try TemporaryDirectory()
        store = BindingStore(home: folder.path, files: RealFileSystem(), clock: ManualClock())
    }

    private func binding(_ address: String, _ hardware: String, _ time: Int64) -> StoredBinding {
        StoredBinding(
            interface: "eth0", vlans: "", address: address, hardware: hardware, firstSeen: time,
            lastSeen: time)
    }

    @Test func `bindings outlive a run, and a new owner is new`() throws {
        #expect(try store.read().isEmpty)
        #expect(try folder.contents().isEmpty)
        try store.save([binding("10.0.0.1", "02:00:00:00:00:01", 5)])
        try store.save([
            binding("10.0.0.1", "02:00:00:00:00:01", 9),
            binding("10.0.0.2", "02:00:00:00:00:02", 8),
        ])
        try store.save([binding("10.0.0.2", "02:00:00:00:00:03", 20)])
        let found = try store.load()
        #expect(found.map(\.hardware) == ["02:00:00:00:00:03", "02:00:00:00:00:01"])
        #expect(found.map(\.firstSeen) == [20, 5])
        #expect(found.map(\.lastSeen) == [20, 9])
        #expect(try RealFileSystem().status(of: store.path)?.mode == 0o600)
    }

    @Test func `a damaged file is set aside, told, and the next begins anew`() throws {
        try folder.write("this is no database at all, but a longer text", to: "bindings.sqlite")
        #expect(throws: BindingStore.Fault.damaged(setAside: store.path)) { try store.read() }
        let fault = #expect(throws: BindingStore.Fault.self) { try store.load() }
        guard case .damaged(let aside) = fault else {
            Issue.record("\(String(describing: fault))")
            return
        }
        #expect(try RealFileSystem().status(of: aside) != nil)
        try store.save([binding("10.0.0.1", "02:00:00:00:00:01", 5)])
        #expect(try store.load().count == 1)
    }

    @Test func `what a newer version wrote stays as it is`() throws {
        let connection = try Connection(path: store.path)
        try connection.execute("PRAGMA user_version = 9")
        #expect(throws: BindingStore.Fault.newer) { try store.load() }
        #expect(throws: BindingStore.Fault.newer) {
            try store.save([binding("10.0.0.1", "02:00:00:00:00:01", 5)])
        }
        #expect(try connection.integer("PRAGMA user_version") == 9)
    }

    @Test func `a folder that is not there is a fault and no end`() {
        let lost = BindingStore(home: folder.file("nowhere"), files: RealFileSystem())
        let fault = #expect(throws: BindingStore.Fault.self) {
            try lost.save([binding("10.0.0.1", "02:00:00:00:00:01", 5)])
        }
        #expect(fault?.description.contains("can't be kept") == true)
    }

    @Test func `the state is read as it was written, and only a running watch holds the lock`()
        throws
    {
        let files = WatchStateFile(home: folder.path, files: RealFileSystem())
        #expect(try files.read() == nil)
        #expect(try !files.isRunning())
        var state = WatchState(process: 7, since: 1_000_000_000)
        var interface = WatchState.Interface(name: "eth0")
        interface.gateway = "10.0.0.1"
        interface.dropped = 3
        interface.evicted = 4
        interface.hears = false
        state.interfaces = [interface]
        state.alerts = ["high": 2]
        state.lastAlert = WatchState.LastAlert(time: 5, severity: "high", summary: "x")
        state.outputs = [WatchState.Output(name: "eve", delivered: 1, failed: 2, dropped: 3)]
        try files.write(state)
        #expect(try files.read() == state)
        let lock = try #require(try files.lock())
        #expect(try files.isRunning())
        withExtendedLifetime(lock) {}
    }

    @Test func `what is forgotten does not come back by what a watch knew until then`() throws {
        let clock = ManualClock()
        let store = BindingStore(home: folder.path, files: RealFileSystem(), clock: clock)
        let before = clock.now().nanoseconds
        let router = binding("10.0.0.1", "02:00:00:00:00:01", before)
        let other = binding("10.0.0.2", "02:00:00:00:00:02", before)
        #expect(try store.save([router, other]) == [:])
        clock.advance(by: .seconds(60))
        let time = clock.now().nanoseconds
        #expect(try store.forget("10.0.0.1") == [router])
        #expect(try store.forget("10.0.0.9") == [])
        #expect(try store.save([router, other]) == ["10.0.0.1": time, "10.0.0.9": time])
        #expect(try store.load() == [other])
        let heir = binding("10.0.0.1", "02:00:00:00:00:03", time + 1)
        try store.save([heir])
        #expect(try store.load() == [heir, other])
        clock.advance(by: .seconds(86_401))
        #expect(try store.save([]) == [:])
    }

    @Test func `a file of the first version is read, and is brought on by who writes`() throws {
        let connection = try Connection(path: store.path)
        try connection.execute(
            """
            CREATE TABLE binding (
                interface TEXT NOT NULL, vlans TEXT NOT NULL, address TEXT NOT NULL,
                hardware TEXT NOT NULL, first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL,
                PRIMARY KEY (interface, vlans, address)) WITHOUT ROWID;
            INSERT INTO binding VALUES ('eth0', '', '10.0.0.1', '02:00:00:00:00:01', 5, 5);
            PRAGMA user_version = 1
            """)
        let old = binding("10.0.0.1", "02:00:00:00:00:01", 5)
        #expect(try store.read() == [old])
        #expect(try store.forget("10.0.0.1") == [old])
        #expect(try store.read() == [])
    }

    @Test func `a file that a full disk left empty holds nothing`() throws {
        try folder.write([UInt8](), to: "bindings.sqlite")
        #expect(try store.read() == [])
    }

    @Test func `a network of more stations than are kept leaves out those heard longest ago`()
        throws
    {
        let count = BindingStore.bindingsMax + 50
        try store.save(
            (0..<count).map {
                binding("10.\($0 >> 16).\($0 >> 8 & 255).\($0 & 255)", "02:00:00:00:00:01", $0)
            })
        let kept = try store.load()
        #expect(kept.count == Int(BindingStore.bindingsMax))
        #expect(kept.first?.lastSeen == count - 1 && kept.last?.lastSeen == 50)
    }

    @Test func `a file that damage reaches while a watch runs is set aside at the next writing`()
        throws
    {
        try store.save([binding("10.0.0.1", "02:00:00:00:00:01", 5)])
        try folder.write(String(repeating: "no database", count: 999), to: "bindings.sqlite")
        let fault = #expect(throws: BindingStore.Fault.self) {
            try store.save([binding("10.0.0.2", "02:00:00:00:00:02", 6)])
        }
        #expect(fault?.description.contains("begin anew") == true)
        try store.save([binding("10.0.0.2", "02:00:00:00:00:02", 6)])
        #expect(try store.load().map(\.address) == ["10.0.0.2"])
    }
}
