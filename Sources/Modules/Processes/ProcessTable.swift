// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What `/proc` tells of other processes; of those of other users only what everybody may see.
package enum ProcessTable {
    /// One running process.
    package struct Entry: Sendable, Equatable {
        /// Its number.
        package let pid: Int32
        /// The user number under which it runs.
        package let owner: UInt32
        /// Its command line, the program's path first.
        package let arguments: [String]
        /// The variables that it was started with; nil where only its owner and root may read them.
        package let environment: [String: String]?
        /// The folder from which it takes relative paths; nil where only its owner and root may
        /// know, or where it is gone.
        package let workingFolder: String?

        /// Describes a process.
        package init(
            pid: Int32, owner: UInt32, arguments: [String], environment: [String: String]? = nil,
            workingFolder: String? = nil
        ) {
            self.pid = pid
            self.owner = owner
            self.arguments = arguments
            self.environment = environment
            self.workingFolder = workingFolder
        }
    }

    /// How much of a command line is looked at, in bytes.
    private static let bytesMax = 1 << 18

    /// The processes whose program's file has one of these names.
    package static func running(_ names: Set<String>) -> [Entry] {
        pids().compactMap { pid in
            guard let words = words(in: "/proc/\(pid)/cmdline") else { return nil }
            guard let program = words.first?.split(separator: "/").last.map(String.init),
                names.contains(program), let owner = owner("/proc/\(pid)")
            else { return nil }
            let folder = target("/proc/\(pid)/cwd")
            // The kernel has words behind the path of a folder that was removed.
            let isThere = folder.hasPrefix("/") && !folder.hasSuffix(" (deleted)")
            return Entry(
                pid: pid, owner: owner, arguments: words, environment: environment(of: pid),
                workingFolder: isThere ? folder : nil)
        }
    }

    private static func environment(of pid: Int32) -> [String: String]? {
        words(in: "/proc/\(pid)/environ").map { variables in
            let pairs = variables.compactMap { variable in
                variable.firstIndex(of: "=").map {
                    (String(variable[..<$0]), String(variable[variable.index(after: $0)...]))
                }
            }
            return Dictionary(pairs) { first, _ in first }
        }
    }

    private static func words(in path: String) -> [String]? {
        read(path).map { bytes in
            bytes.split(separator: 0, omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// The other processes that have one of the files open.
    package static func holding(_ paths: Set<String>) -> [Int32] {
        pids().filter { $0 != getpid() }.filter { pid in
            let folder = "/proc/\(pid)/fd"
            let descriptors = (try? RealFileSystem().names(in: folder)) ?? []
            return descriptors.contains { paths.contains(target("\(folder)/\($0)")) }
        }
    }

    /// Names processes by their numbers; nil where there are none.
    package static func named(_ pids: [Int32]) -> String? {
        guard !pids.isEmpty else { return nil }
        let numbers = pids.map(String.init).joined(separator: ", ")
        return "process\(pids.count == 1 ? "" : "es") \(numbers)"
    }

    private static func pids() -> [Int32] {
        ((try? RealFileSystem().names(in: "/proc")) ?? []).compactMap { Int32($0) }.sorted()
    }

    private static func owner(_ path: String) -> UInt32? {
        (try? RealFileSystem().status(of: path))?.owner
    }

    /// Where a link leads; empty if it can't be read.
    private static func target(_ path: String) -> String {
        unsafe bytes(max: Int(PATH_MAX)) { unsafe readlink(path, $0, $1) }
            .map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// Files of `/proc` have no length beforehand.
    private static func read(_ path: String) -> [UInt8]? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return unsafe bytes(max: bytesMax) { unsafe Glibc.read(descriptor, $0, $1) }
    }

    /// What a call puts into memory that nobody clears before: a look at all processes asks for
    /// hundreds of such. Nil where it says less than 0.
    private static func bytes(
        max: Int, _ call: (UnsafeMutablePointer<CChar>, Int) -> Int
    ) -> [UInt8]? {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: max) { room in
            guard let start = room.baseAddress else { return nil }
            let count = unsafe call(start, max)
            guard count >= 0 else { return nil }
            return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
        }
    }
}
