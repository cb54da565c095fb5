// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import Detection
import Dispatch
import Modules
import Synchronization
import WatchRecords

/// Keeps the files of a watch: its state and the bindings. Disks are slow, so that a thread of
/// its own writes; each trouble is told once, and detection goes on.
final class WatchRecordKeeper: Sendable {
    /// Bindings of stations that were last heard longer ago are no expectation any more: a lease
    /// of theirs is likely over. The gateway's stays one.
    static let expectedNanoseconds: Int64 = 86_400_000_000_000

    private let stateFile: WatchStateFile
    private let store: BindingStore
    private let diagnostics: Diagnostics
    private let queue = DispatchQueue(label: "records")
    private let group = DispatchGroup()
    private let told = Mutex<Set<String>>([])
    private let isBusy = Mutex(false)
    private let notes = Mutex<[String: Int64]>([:])

    init(home: String, files: any FileSystem, clock: any WallClock, diagnostics: Diagnostics) {
        stateFile = WatchStateFile(home: home, files: files)
        store = BindingStore(home: home, files: files, clock: clock)
        self.diagnostics = diagnostics
    }

    /// Takes the lock of the home: throws where another watch has it.
    func lock(_ home: String) throws(CommandFailure) -> FileLock? {
        do throws(SystemError) {
            if let lock = try stateFile.lock() {
                clear()
                return lock
            }
        } catch {
            tell("the state of this watch can't be kept: \(error)")
            return nil
        }
        let running = (try? stateFile.read())?.map { " (process \($0.process))" } ?? ""
        throw CommandFailure(
            "another watch runs in the home \(home)\(running)",
            hint: "one watch takes several interfaces: arpguard watch -i eth0 -i eth1")
    }

    private func clear() {
        do throws(SystemError) {
            try stateFile.clear()
        } catch {
            tell("the state of the watch before this one can't be removed: \(error)")
        }
    }

    /// The bindings that were known when a watch last ran.
    func load() -> [StoredBinding] {
        do throws(BindingStore.Fault) {
            return try store.load()
        } catch {
            tell(error.description)
            return []
        }
    }

    /// Writes the state down, unless the last writing still goes on.
    func write(_ state: WatchState) {
        let isFree = isBusy.withLock { isBusy in
            defer { isBusy = true }
            return !isBusy
        }
        guard isFree else { return }
        queue.async(group: group) { [self] in
            defer { isBusy.withLock { $0 = false } }
            do throws(SystemError) {
                try stateFile.write(state)
            } catch {
                tell("the state of this watch can't be kept: \(error)")
            }
        }
    }

    /// Which addresses were to be forgotten, and when that was said, as of the last writing.
    var forgotten: [String: Int64] { notes.withLock { $0 } }

    /// Writes bindings down.
    func save(_ bindings: [StoredBinding]) {
        queue.async(group: group) { [self] in
            do throws(BindingStore.Fault) {
                let forgotten = try store.save(bindings)
                notes.withLock { $0 = forgotten }
            } catch {
                tell(error.description)
            }
        }
    }

    /// Waits for what is being written, at most so long.
    func finish(within milliseconds: Int) {
        if group.wait(timeout: .now() + .milliseconds(milliseconds)) == .timedOut {
            tell("the known bindings could not be written in time; those of before stand")
        }
    }

    private func tell(_ message: String) {
        guard told.withLock({ $0.insert(message).inserted }) else { return }
        diagnostics.warning(message, hint: "detection goes on without")
    }
}

extension StoredBinding {
    init(_ known: KnownBinding, on interface: String, seen now: Int64, offset: Int64) {
        let lastSeen = known.lastSeen &+ offset
        self.init(
            interface: interface, vlans: known.vlans.ids.map(String.init).joined(separator: "."),
            address: "\(known.pair.ip)", hardware: "\(known.pair.mac)",
            firstSeen: min(lastSeen, now), lastSeen: lastSeen)
    }

    /// The binding as detection knows it; nil where somebody has put something else there.
    var known: KnownBinding? {
        guard let ip = IPv4Address(address), let mac = MACAddress(hardware) else { return nil }
        let numbers = vlans.split(separator: ".").compactMap { UInt16($0) }
        return KnownBinding(
            vlans: VLANStack(numbers), pair: AddressPair(mac: mac, ip: ip), lastSeen: lastSeen)
    }
}
