// SPDX-License-Identifier: Apache-2.0

/// How often something happened in the last while, counted in eight slots of time.
///
/// The oldest slot goes as a whole, so the count may miss up to an eighth of the window.
struct SlidingCount: Sendable {
    private static let slotCount = 8

    private var slots: [8 of UInt16] = .init(repeating: 0)
    private var currentSlot: Int64 = .min
    private var sum: UInt32 = 0

    /// Notes one more at `time`, and returns how many there were within `window` nanoseconds.
    mutating func add(at time: Int64, within window: Int64) -> Int {
        _ = count(at: time, within: window)
        let index = Self.place(currentSlot)
        if slots[index] < .max {
            slots[index] += 1
            sum += 1
        }
        return Int(sum)
    }

    /// How many there were within `window` nanoseconds before `time`.
    @inline(__always)
    mutating func count(at time: Int64, within window: Int64) -> Int {
        let length = Swift.max(1, window / Int64(Self.slotCount))
        if !isCurrent(time, length) { advance(to: time / length - (time % length < 0 ? 1 : 0)) }
        return Int(sum)
    }

    /// Whether `time` is in the current slot, found without a division.
    @inline(__always)
    private func isCurrent(_ time: Int64, _ length: Int64) -> Bool {
        let (start, isBeyond) = currentSlot.multipliedReportingOverflow(by: length)
        let (offset, isFar) = time.subtractingReportingOverflow(start)
        return !isBeyond && !isFar && offset >= 0 && offset < length
    }

    private mutating func advance(to slot: Int64) {
        let passed = currentSlot == .min ? Int64(Self.slotCount) : slot.age(of: currentSlot)
        // A clock that ran backwards counts in the slot where it now is.
        for step in 0..<Swift.min(passed, Int64(Self.slotCount)) {
            let place = Self.place(slot &- step)
            sum -= UInt32(slots[place])
            slots[place] = 0
        }
        currentSlot = slot
    }

    @inline(__always)
    private static func place(_ slot: Int64) -> Int {
        Int(truncatingIfNeeded: slot) & (slotCount - 1)
    }
}
