// SPDX-License-Identifier: Apache-2.0

/// Room for a fixed number of values that is never shared, moved or grown: so that nothing has to
/// be checked before a value is changed but its place.
///
/// Room that is not used is address space alone: memory is taken when it is written.
@safe struct FixedStorage<Element: Sendable>: ~Copyable, @unchecked Sendable {
    // Safe to send: nobody else has the pointer, and it can't be copied.
    private let start: UnsafeMutablePointer<Element>
    private let capacity: Int
    /// How many values there are.
    private(set) var count = 0

    /// Empty room for `capacity` values.
    init(capacity: Int) {
        self.capacity = capacity
        unsafe start = .allocate(capacity: capacity)
    }

    /// Room that is full of `value`.
    init(repeating value: Element, count: Int) {
        self.init(capacity: count)
        unsafe start.initialize(repeating: value, count: count)
        self.count = count
    }

    deinit {
        // The first `count` values are there, and no others.
        unsafe start.deinitialize(count: count)
        unsafe start.deallocate()
    }

    /// Adds a value; there must be room for it.
    mutating func append(_ value: Element) {
        precondition(count < capacity)
        // Within what was allocated, and not there yet.
        unsafe (start + count).initialize(to: value)
        count += 1
    }

    /// What `body` makes of the value at a place.
    @inline(__always)
    func read<Answer>(_ place: Int, _ body: (borrowing Element) -> Answer) -> Answer {
        body(self[place])
    }

    /// The value at a place below ``count``.
    subscript(place: Int) -> Element {
        // What the pointer leads to is there: the place was compared with the count. Addresses,
        // unlike coroutines, never make the compiler copy a large value for one field of it.
        @inline(__always) unsafeAddress {
            precondition(UInt(bitPattern: place) < UInt(bitPattern: count))
            return unsafe UnsafePointer(start + place)
        }
        @inline(__always) unsafeMutableAddress {
            precondition(UInt(bitPattern: place) < UInt(bitPattern: count))
            return unsafe start + place
        }
    }
}
