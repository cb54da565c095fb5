// SPDX-License-Identifier: Apache-2.0

import Modules

/// One word that all processes of a home share: the epoch, and whether to record.
///
/// Edited in place and never renamed, so that a `disable` anywhere is seen everywhere by the next
/// load. The word carries a check of itself: what can't be read never counts as a yes.
struct ConsentPage: Sendable {
    static let bytes = 4096
    private static let magic: UInt64 = 0x4152_5047_434E_5331  // "ARPGCNS1"
    private static let stateOffset = 8

    /// What the word says.
    struct State: Sendable, Equatable {
        /// No epoch that this program makes ever comes near; a higher one was made by hand.
        static let epochMax = UInt32.max / 2

        var epoch: UInt32
        var isOn: Bool

        init(epoch: UInt32, isOn: Bool) {
            self.epoch = epoch
            self.isOn = isOn
        }

        /// Epoch in the high half, then 24 bits of check, then the switch.
        var word: UInt64 {
            let value = UInt64(epoch) << 32 | (isOn ? 1 : 0)
            return value | Self.check(value) << 8
        }

        init?(word: UInt64) {
            epoch = UInt32(word >> 32)
            isOn = word & 1 == 1
            guard self.word == word, epoch < Self.epochMax else { return nil }
        }

        private static func check(_ value: UInt64) -> UInt64 {
            ((value ^ 0xA5A5_5A5A_C3C3_3C3C) &* 0x9E37_79B9_7F4A_7C15) >> 40
        }
    }

    private let mapping: SharedMapping

    /// Maps the page that is there. Throws if there is none, or it is not a page of ours.
    init(opening path: String, _ files: any FileSystem) throws(SystemError) {
        mapping = try files.map(path, bytes: Self.bytes, create: false)
        guard mapping.loadAcquire(at: 0) == Self.magic else {
            throw SystemError(code: SystemError.invalid, call: "map", subject: path)
        }
    }

    /// Maps the page, made anew if there is none, or if what is there is not a page of ours.
    init(creating path: String, _ files: any FileSystem) throws(SystemError) {
        mapping = try files.map(path, bytes: Self.bytes, create: true)
        if mapping.loadAcquire(at: 0) != Self.magic {
            mapping.storeRelease(State(epoch: 0, isOn: false).word, at: Self.stateOffset)
            mapping.storeRelease(Self.magic, at: 0)
        }
    }

    /// The word as it stands; nil if its check fails.
    var state: State? { State(word: word) }

    /// The raw word, for the fast path.
    var word: UInt64 { mapping.loadRelaxed(at: Self.stateOffset) }

    /// Whether both are views of one mapping.
    func isSame(as other: ConsentPage) -> Bool { mapping === other.mapping }

    /// Whether both are views of one file.
    func isSameFile(as other: ConsentPage) -> Bool { mapping.isSameFile(as: other.mapping) }

    /// Where the word stands, as long as this value lives; to be loaded atomically.
    @unsafe var wordPointer: UnsafePointer<UInt64> {
        unsafe UnsafePointer(
            (mapping.start + Self.stateOffset).assumingMemoryBound(to: UInt64.self))
    }

    /// Publishes a state to all processes, and to the disk, in the place of a word; false, and
    /// nothing is published, if somebody has said something else since that word was read.
    func publish(_ state: State, inPlaceOf word: UInt64) throws(SystemError) -> Bool {
        guard mapping.replace(word, with: state.word, at: Self.stateOffset) else { return false }
        try mapping.sync()
        return true
    }

    /// Publishes a no under an epoch above `epoch` and above all that the page ever said, so that
    /// whoever is about to publish a yes finds that it came.
    func switchOff(above epoch: UInt32) throws(SystemError) {
        var isDone = false
        repeat {
            let word = word
            let last = max(State(word: word)?.epoch ?? 0, epoch)
            isDone = try publish(State(epoch: last + 1, isOn: false), inPlaceOf: word)
        } while !isDone
    }
}
