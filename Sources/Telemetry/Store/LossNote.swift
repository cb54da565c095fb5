// SPDX-License-Identifier: Apache-2.0

import Hashing
import Modules
import SQLite

/// A file beside the journals: how many events processes lost for want of a journal that could not
/// open the store either. The next process that can takes it in.
///
/// It holds a name, drawn at random, and a count; the store remembers how much of the count under
/// that name it has taken, so that nothing is counted twice however often that is cut short.
struct LossNote {
    private static let bytesMax = 64
    private static let countMax = Int64(Journal.countMax)
    private static let lockMilliseconds: Int32 = 100

    let directory: TelemetryDirectory
    let seams: TelemetrySeams

    /// The count that waits; 0 without a note or with one that can't be understood.
    var count: Int64 { (try? read())?.count ?? 0 }

    /// Adds the count of an ending process.
    func add(_ count: Int64) throws {
        let isDone = try locked {
            let before = try read() ?? (Hex.encode(seams.random.bytes(8)), 0)
            let text = "\(before.name) \(min(before.count + count, Self.countMax))"
            try seams.files.replace(directory.lossNote, with: Array(text.utf8))
        }
        guard isDone else { throw busy("\(count) lost events could not be counted") }
    }

    /// Whether a note waits. A folder of that name is none, and is left alone.
    var isThere: Bool {
        get throws(SystemError) {
            let kind = try seams.files.status(of: directory.lossNote)?.kind
            return kind != nil && kind != .folder
        }
    }

    /// Counts what the note tells, and removes it. While another process is at it, the next look
    /// does.
    func take(into store: Store) throws {
        guard try isThere else { return }
        _ = try locked {
            if let note = try read() {
                try store.database.transaction { try take(note, into: store) }
            } else {
                try store.addLoss(.damaged, 1)
            }
            try remove()
        }
    }

    private func take(_ note: (name: String, count: Int64), into store: Store) throws {
        let before = try store.rememberedText(Self.key)?.split(separator: " ") ?? []
        let isSame = before.count == 2 && before[0] == note.name
        let taken = isSame ? Int64(before[1]) ?? 0 : 0
        try store.addLoss(.queueFull, note.count - taken)
        try store.remember("\(note.name) \(note.count)", Self.key)
    }

    private static let key = "losses.taken"

    /// Removes the note, and what a process left that died while it wrote one, but nothing that a
    /// process is writing now.
    func erase() throws {
        guard try locked(remove) else { throw busy("the note of lost events stays") }
    }

    private func remove() throws(SystemError) {
        try directory.removeUnfinished(directory.lossNote, seams.files)
        if try isThere { try seams.files.remove(directory.lossNote) }
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

    private func read() throws -> (name: String, count: Int64)? {
        guard let status = try seams.files.status(of: directory.lossNote), status.kind == .file,
            status.bytes <= Int64(Self.bytesMax)
        else { return nil }
        let bytes = try seams.files.read(directory.lossNote, bytesMax: Self.bytesMax)
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        guard parts.count == 2, let count = Int64(parts[1]), (1...Self.countMax).contains(count)
        else { return nil }
        return (String(parts[0]), count)
    }
}
