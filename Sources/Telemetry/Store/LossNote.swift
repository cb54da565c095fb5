// SPDX-License-Identifier: Apache-2.0

import Modules
import SQLite

/// A file beside the journals: how many events processes lost for want of a journal that could not
/// open the store either. The next process that can takes it in.
///
///     offset  0  magic                                       8 bytes, little-endian
///             8  name, drawn at random for each count        8
///            16  the count                                   8
///
/// It is made while there is room, and edited in place: that needs none. The store remembers how
/// much of the count under that name it has taken, so that nothing is counted twice however often
/// that is cut short.
struct LossNote {
    private static let bytes = 64
    private static let magic: UInt64 = 0x4152_5047_4C4F_5331  // "ARPGLOS1"
    private static let countMax = Int64(Journal.countMax)
    private static let lockMilliseconds: Int32 = 100

    let directory: TelemetryDirectory
    let seams: TelemetrySeams

    /// What the file says.
    private enum Content {
        /// Nothing; also where there is none, or a folder, which is left alone.
        case nothing
        case count(Int64, name: UInt64)
        /// Nothing that could be understood.
        case nonsense
    }

    /// The count that waits; 0 without a note or with one that can't be understood.
    var count: Int64 {
        if case .count(let count, _) = try? content() { count } else { 0 }
    }

    /// Makes the file unless it is there, so that there is one once the disk is full.
    func make() throws { _ = try locked { _ = try open() } }

    /// Adds the count of an ending process.
    func add(_ count: Int64) throws {
        let isDone = try locked {
            let before = try content()
            let file = try open()
            if case .count(let known, _) = before {
                file.storeRelease(UInt64(min(known + count, Self.countMax)), at: 16)
            } else {
                file.storeRelease(Self.magic, at: 0)
                file.storeRelease(seams.random.uint64(), at: 8)
                file.storeRelease(UInt64(min(count, Self.countMax)), at: 16)
            }
            try file.sync()
        }
        guard isDone else { throw busy("\(count) lost events could not be counted") }
    }

    /// Whether a note waits.
    var isThere: Bool {
        get throws(SystemError) {
            if case .nothing = try content() { false } else { true }
        }
    }

    /// Counts what the note tells, and empties it. While another process is at it, the next look
    /// does.
    func take(into store: Store) throws {
        guard try isThere else { return }
        _ = try locked {
            switch try content() {
            case .nothing: break
            case .count(let count, let name):
                try store.database.transaction { try take(count, name, into: store) }
            case .nonsense: try store.addLoss(.damaged, 1)
            }
            try empty()
        }
    }

    private func take(_ count: Int64, _ number: UInt64, into store: Store) throws {
        let name = String(number, radix: 16)
        let before = try store.rememberedText(Self.key)?.split(separator: " ") ?? []
        let isSame = before.count == 2 && before[0] == name
        let taken = isSame ? Int64(before[1]) ?? 0 : 0
        try store.addLoss(.queueFull, count - taken)
        try store.remember("\(name) \(count)", Self.key)
    }

    private static let key = "losses.taken"

    /// Forgets what the note says.
    func erase() throws {
        guard try locked(empty) else { throw busy("the note of lost events stays") }
    }

    private func empty() throws(SystemError) {
        if try isThere {
            let file = try open()
            file.zero(at: 0, count: Self.bytes)
            try file.sync()
        }
    }

    private func busy(_ what: String) -> TelemetryError {
        TelemetryError(
            .busy, "\(what): another process holds \(directory.lossLock)", hint: "try again")
    }

    /// False if another process is at it for too long.
    private func locked(_ body: () throws -> Void) throws -> Bool {
        let waiting = Self.lockMilliseconds
        guard let lock = try seams.files.lock(directory.lossLock, waiting: waiting) else {
            return false
        }
        defer { withExtendedLifetime(lock) {} }
        try body()
        return true
    }

    /// The file, in which there is room for a note; what makes no sense is removed.
    private func open() throws(SystemError) -> SharedMapping {
        if case .nonsense = try content() { try seams.files.remove(directory.lossNote) }
        return try seams.files.map(directory.lossNote, bytes: Self.bytes, create: true)
    }

    private func content() throws(SystemError) -> Content {
        guard let status = try seams.files.status(of: directory.lossNote), status.kind != .folder
        else { return .nothing }
        guard status.kind == .file, status.bytes <= Int64(Self.bytes) else { return .nonsense }
        let bytes = try seams.files.read(directory.lossNote, bytesMax: Self.bytes)
        // One that was never filled, or was not finished.
        if bytes.allSatisfy({ $0 == 0 }) { return .nothing }
        guard bytes.count == Self.bytes, Self.word(bytes, at: 0) == Self.magic,
            let count = Int64(exactly: Self.word(bytes, at: 16)), count <= Self.countMax
        else { return .nonsense }
        return count == 0 ? .nothing : .count(count, name: Self.word(bytes, at: 8))
    }

    private static func word(_ bytes: [UInt8], at offset: Int) -> UInt64 {
        bytes[offset..<offset + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
