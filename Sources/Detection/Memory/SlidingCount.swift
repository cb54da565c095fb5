// SPDX-License-Identifier: Apache-2.0

/// How often something happened in the last while, counted in eight slots of time.
///
/// The oldest slot goes as a whole, so the count may miss up to an eighth of the window.
struct SlidingCount: Sendable {
    private static let slotCount = 8

    private var slots: [8 of UInt16] = .init(repeating: 0)
    private var currentSlot: Int64 = .min

    /// Notes one more at `time`, and returns how many there were within `window` nanoseconds.
    mutating func add(at time: Int64, within window: Int64) -> Int {
        let slot = time / Swift.max(1, window / Int64(Self.slotCount))
        advance(to: slot)
        let index = Self.place(slot)
        if slots[index] < .max { slots[index] += 1 }
        var sum = 0
        for index in slots.indices { sum += Int(slots[index]) }
        return sum
    }

    private mutating func advance(to slot: Int64) {
        if slot == currentSlot { return }
        let passed = currentSlot == .min ? Int64(Self.slotCount) : slot.age(of: currentSlot)
        // A clock that ran backwards counts in the slot where it now is.
        for step in 0..<Swift.min(passed, Int64(Self.slotCount)) {
            slots[Self.place(slot - step)] = 0
        }
        currentSlot = slot
    }

    private static func place(_ slot: Int64) -> Int {
        Int(slot % Int64(slotCount) + Int64(slotCount)) % slotCount
    }
}
