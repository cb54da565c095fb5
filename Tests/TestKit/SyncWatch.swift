// SPDX-License-Identifier: Apache-2.0

private import CSyncWatch
import Foundation
import Glibc
import Modules

/// Sees what a piece of work has the kernel write to the disk before it goes on: the path of each
/// fsync, fdatasync and msync, in their order, at the moment of the call.
package enum SyncWatch {
    /// Why nobody can be watched here; nil if somebody can.
    package static let obstacle: String? = {
        do {
            return try paths {}.isEmpty ? nil : "the watch sees what is not there"
        } catch {
            return "this kernel lets no thread be watched: \(error)"
        }
    }()

    /// The paths that `work` syncs, on a thread of its own that it starts no other from.
    package static func paths(_ work: @escaping @Sendable () throws -> Void) throws -> [String] {
        let listening = Monitor<Int32?>(nil)
        let working = OwnThread<Result<Void, any Error>> {
            let listener = sync_watch_begin()
            listening.update { $0 = listener }
            return listener < 0 ? .success(()) : Result { try work() }
        }
        guard let listener = listening.wait(until: .within(.seconds(20)), for: { $0 }) else {
            throw TestKitError("the thread to be watched did not start")
        }
        guard listener >= 0 else { throw SystemError(code: -listener, call: "seccomp") }
        defer { close(listener) }
        var paths: [String] = []
        var call = sync_call()
        while unsafe sync_watch_next(listener, &call) == 1 {
            paths.append(call.is_memory == 0 ? file(call.argument) : mapping(call.argument))
            guard sync_watch_let(listener, call.id) == 0 else {
                throw TestKitError("a watched call can't go on")
            }
        }
        try working.value().get()
        return paths
    }

    private static func file(_ descriptor: UInt64) -> String {
        let link = "/proc/self/fd/\(descriptor)"
        return (try? FileManager.default.destinationOfSymbolicLink(atPath: link)) ?? link
    }

    /// The file whose mapping begins at an address, by proc_pid_maps(5).
    private static func mapping(_ address: UInt64) -> String {
        let maps = (try? RealFileSystem().read("/proc/self/maps", bytesMax: 16 << 20)) ?? []
        let line = String(decoding: maps, as: UTF8.self).split(separator: "\n").first {
            $0.hasPrefix(String(address, radix: 16) + "-")
        }
        return line?.split(separator: " ", maxSplits: 5).dropFirst(5).first.map {
            $0.trimmingCharacters(in: .whitespaces)
        } ?? "no mapping"
    }
}
