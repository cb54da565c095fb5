// SPDX-License-Identifier: Apache-2.0

import Catalogue
import CSystem
import Modules

/// What the gate said, and all that recording needs, as long as the consent page does not change.
///
/// A recorder keeps every snapshot that it ever published, so threads use one without counting
/// references: that is what makes an event cost no more than a copy.
@safe final class Snapshot: Sendable {
    /// What recording needs while it is allowed.
    struct Live: Sendable {
        let journal: Journal
        let encoder: EventEncoder
    }

    /// The same without references that would have to be counted; the snapshot keeps it alive.
    @safe struct Hot: Sendable {
        let journal: Unmanaged<Journal>
        let epoch: UInt32
    }

    /// What a typed event needs: the event's key by its address, and its allowed properties.
    struct TypedEntry {
        let key: UInt
        let allowed: UInt16
        let isAllowed: Bool
    }

    let page: ConsentPage
    /// What the page said when the gate was asked.
    let word: UInt64
    /// Nil while nothing may be recorded.
    let live: Live?
    // Refers to the journal in `live`, which lives as long as this object.
    let hot: Hot?
    // Points into the shared page, which this object keeps alive; its word is loaded atomically.
    private nonisolated(unsafe) let pageWord: UnsafePointer<UInt64>
    // Points to a table of this object's own that is written once, in `init`.
    private nonisolated(unsafe) let typed: UnsafeBufferPointer<TypedEntry>

    init(page: ConsentPage, word: UInt64, live: Live?) {
        self.page = page
        self.word = word
        self.live = live
        hot = live.map {
            unsafe Hot(journal: .passUnretained($0.journal), epoch: $0.encoder.epoch)
        }
        unsafe pageWord = page.wordPointer
        let entries = live.map(Self.entries) ?? []
        let table = UnsafeMutableBufferPointer<TypedEntry>.allocate(capacity: entries.count)
        _ = unsafe table.initialize(from: entries)
        unsafe typed = UnsafeBufferPointer(table)
    }

    deinit {
        unsafe typed.deallocate()
    }

    private static func entries(_ live: Live) -> [TypedEntry] {
        zip(live.encoder.catalogue.keys, live.encoder.allowedBits).map { key, bits in
            TypedEntry(
                key: key.map { UInt(bitPattern: ObjectIdentifier($0)) } ?? 0,
                allowed: bits ?? 0, isAllowed: bits != nil)
        }
    }

    /// Whether the page still says the same: one relaxed load.
    @inline(always)
    var isCurrent: Bool { unsafe csystem_load_relaxed(pageWord) == word }

    /// What a typed event needs, by its place in the catalogue; nil for another event's place.
    @inline(always)
    func entry(at place: Int, for key: EventKey) -> TypedEntry? {
        guard place < (unsafe typed.count) else { return nil }
        let entry = unsafe typed[place]
        return entry.key == UInt(bitPattern: ObjectIdentifier(key)) ? entry : nil
    }

    /// The same, found by looking through all of them.
    @inline(never)
    func place(of key: EventKey) -> Int? {
        let address = UInt(bitPattern: ObjectIdentifier(key))
        return unsafe typed.firstIndex { $0.key == address }
    }
}
