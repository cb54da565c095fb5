// SPDX-License-Identifier: Apache-2.0

package import Modules
import SQLite

/// The upload schedule as the store keeps it: it outlives restarts, and no identifier, since
/// `delete-data` removes it with all else, but for what others are to be left alone for.
struct ScheduleMemory {
    private static let key = "upload.schedule"
    private static let wishKey = "upload.wish"
    private static let apartKey = "upload.apart"
    private static let unseenKey = "upload.unseen"
    private static let untoldKey = "upload.untold"
    /// Of so many servers a wish is kept.
    private static let wishesMax = 8

    /// Until when the server of an origin asked for patience.
    typealias Wish = (time: Timestamp, origin: String)

    /// What a deletion leaves.
    struct Waits {
        let apart: Timestamp?
        let untold: Timestamp?
        let wishes: [Wish]
    }

    let store: Store
    let config: TelemetryModuleConfig
    let seams: TelemetrySeams

    /// The schedule that stands; drawn and kept where none does, or none that can be.
    func schedule() throws -> UploadSchedule {
        if let schedule = try kept() { return schedule }
        return try store.database.transaction {
            // Another process may have drawn meanwhile.
            if let schedule = try kept() { return schedule }
            let schedule = UploadSchedule.first(
                after: seams.clock.now(), intervalHours: config.collectionInterval, seams.random)
            try keep(schedule)
            return schedule
        }
    }

    /// Keeps another schedule in its place.
    func keep(_ schedule: UploadSchedule) throws(SQLiteError) {
        try store.remember("\(schedule.dueAt.nanoseconds) \(schedule.intervalHours)", Self.key)
    }

    /// Keeps until when batches are kept apart from an erasure; nil forgets it.
    func keep(apart time: Timestamp?) throws(SQLiteError) {
        try keep(time, Self.apartKey)
    }

    /// Until when batches are or were kept apart from an erasure that left, after the last of them;
    /// nil where none did. A time that none can have drawn is over.
    func apart() throws -> Timestamp? {
        let now = seams.clock.now()
        return try time(Self.apartKey).map { $0 > Outbox.apartLatest(now) ? now : $0 }
    }

    /// Keeps since when another folder can't be read, from which an erasure may have left; nil
    /// forgets it.
    func keep(unseenSince time: Timestamp?) throws(SQLiteError) {
        try keep(time, Self.unseenKey)
    }

    /// Since when another folder can't be read; nil where none was found so, or at a time to come.
    func unseenSince() throws -> Timestamp? {
        let now = seams.clock.now()
        return try time(Self.unseenKey).flatMap { $0 > now ? nil : $0 }
    }

    /// Keeps when batches went last of which another folder could not be told; nil forgets it.
    func keep(untoldAt time: Timestamp?) throws(SQLiteError) {
        try keep(time, Self.untoldKey)
    }

    /// When batches went last of which another folder could not be told; nil where none did, or at
    /// a time that a clock gone wrong noted.
    func untoldAt() throws -> Timestamp? {
        let latest = Outbox.apartLatest(seams.clock.now())
        return try time(Self.untoldKey).flatMap { $0 > latest ? nil : $0 }
    }

    private func keep(_ time: Timestamp?, _ key: String) throws(SQLiteError) {
        guard let time else { return try store.forget(key) }
        try store.remember("\(time.nanoseconds)", key)
    }

    private func time(_ key: String) throws -> Timestamp? {
        try numbers(key).first.map(Timestamp.init(nanoseconds:))
    }

    /// Until when batches are kept from whoever types no upload: apart from an erasure that left,
    /// or while one may have, from a folder that can't be read; nil where nothing keeps them.
    func heldUntil() throws -> Timestamp? {
        let unseen = try unseenSince().map(Outbox.unseenEnd)
        return [try apart(), unseen].compactMap(\.self).max()
    }

    /// What a deletion leaves: until when batches and erasures are kept apart, and until when
    /// servers asked for patience.
    func waits() throws -> Waits {
        let now = seams.clock.now()
        let (apart, untold, wishes) = (try apart(), try untoldAt(), try wishes())
        return Waits(
            apart: apart.flatMap { $0 > now ? $0 : nil },
            untold: untold.flatMap { Outbox.unseenEnd($0) > now ? $0 : nil },
            wishes: wishes.filter { $0.time > now })
    }

    /// Keeps what a deletion leaves.
    func keep(_ waits: Waits) throws(SQLiteError) {
        if let apart = waits.apart { try keep(apart: apart) }
        if let untold = waits.untold { try keep(untoldAt: untold) }
        try keep(waits.wishes)
    }

    /// Keeps until when the server of this origin asked for patience; nil forgets it.
    func keep(wish: Timestamp?, origin: String) throws {
        let now = seams.clock.now()
        var wishes = try wishes().filter { $0.origin != origin && $0.time > now }
        if let wish { wishes.append((wish, origin)) }
        try keep(wishes)
    }

    private func keep(_ wishes: [Wish]) throws(SQLiteError) {
        let lines = wishes.suffix(Self.wishesMax).map { "\($0.time.nanoseconds) \($0.origin)" }
        if lines.isEmpty { return try store.forget(Self.wishKey) }
        try store.remember(lines.joined(separator: "\n"), Self.wishKey)
    }

    /// Until when the server to which batches go asked for patience, under whatever yes; nil if it
    /// did not, or where that is over, or at a time that none can have asked for.
    func wish() throws -> Timestamp? {
        guard let origin = config.uploadEndpoint?.origin,
            let wish = try wishes().last(where: { $0.origin == origin })?.time
        else { return nil }
        let now = seams.clock.now()
        return wish > now && wish <= Outbox.patience(now) ? wish : nil
    }

    private func wishes() throws -> [Wish] {
        let lines = try store.rememberedText(Self.wishKey)?.split(separator: "\n") ?? []
        return lines.compactMap { line in
            let words = line.split(separator: " ")
            guard words.count == 2, let time = Int64(words[0]) else { return nil }
            return (Timestamp(nanoseconds: time), String(words[1]))
        }
    }

    /// Before when nothing goes without being asked for: by the latest wish and pause, and apart
    /// from an erasure; nil where nothing stands in the way.
    func notBefore(epoch: UInt32) throws -> Timestamp? {
        let paused = try store.retryTime(epoch: epoch, now: seams.clock.now())
        return try [wish(), paused, heldUntil()].compactMap(\.self).max()
    }

    /// When batches of an epoch may go, and what keeps them until then.
    func agenda(epoch: UInt32) throws -> UploadAgenda {
        let (schedule, wish) = (try schedule(), try wish())
        let paused = try store.retryTime(epoch: epoch, now: seams.clock.now())
        // A wish puts off what is due, and makes nothing due.
        let retryAt = wish.map { max($0, paused ?? schedule.dueAt) } ?? paused
        return UploadAgenda(schedule: schedule, retryAt: retryAt, apartUntil: try heldUntil())
    }

    private func kept() throws -> UploadSchedule? {
        let numbers = try numbers(Self.key)
        guard numbers.count == 2, let hours = Int(exactly: numbers[1]) else { return nil }
        let schedule = UploadSchedule(
            dueAt: Timestamp(nanoseconds: numbers[0]), intervalHours: hours)
        let now = seams.clock.now()
        return schedule.isPlausible(at: now, intervalHours: config.collectionInterval)
            ? schedule : nil
    }

    private func numbers(_ key: String) throws -> [Int64] {
        try store.rememberedText(key)?.split(separator: " ").compactMap { Int64($0) } ?? []
    }
}

extension TelemetryControl {
    /// What an uploader would have to do, and when. A program that runs for long asks this, waits
    /// for `dueAt` (and asks again now and then, since a person may change things), and starts
    /// `arpguard-upload --if-due`.
    ///
    /// Costs some milliseconds where a store must be opened; the first call draws the due time.
    public func uploadAgenda() throws -> UploadAgenda {
        var agenda = UploadAgenda()
        if causes(blocking: .sending).isEmpty, let store = try openStore() {
            agenda = try self.agenda(of: store)
        }
        agenda.erasureAt = erasureDueAt
        return agenda
    }

    /// When the first pending erasure may be asked for; nil where none is pending or may be sent.
    package var erasureDueAt: Timestamp? {
        // A list that can't be read is told by `status` and by each upload; batches go on.
        guard !isForeign, causes(blocking: .erasing).isEmpty,
            let pending = try? erasureList.all()
        else { return nil }
        let patience = Outbox.patience(seams.clock.now())
        return pending.map { $0.nextAttemptAt > patience ? .distant : $0.nextAttemptAt }.min()
    }

    /// What a store keeps of the times of uploads.
    func memory(of store: Store) -> ScheduleMemory {
        ScheduleMemory(store: store, config: config, seams: seams)
    }

    /// When batches of a home in which sending is allowed may go.
    func agenda(of store: Store) throws -> UploadAgenda {
        try memory(of: store).agenda(epoch: gate.read().state.epoch ?? 0)
    }
}

extension Timestamp {
    /// What a clock gone wrong noted is due at once.
    fileprivate static let distant = Timestamp(nanoseconds: 0)
}

extension Store {
    /// When unsent batches may be tried again; nil where none has failed. A time that no server and
    /// no backoff can have asked for was noted by a clock gone wrong.
    fileprivate func retryTime(epoch: UInt32, now: Timestamp) throws -> Timestamp? {
        let time = try database.integer(
            """
            SELECT max(next_attempt_at) FROM batches
            WHERE state IN ('sealed', 'released', 'sending') AND epoch = ?
                AND next_attempt_at <= ?
            """, [.integer(Int64(epoch)), .integer(Outbox.patience(now).nanoseconds)])
        return time.flatMap { $0 > 0 ? Timestamp(nanoseconds: $0) : nil }
    }
}
