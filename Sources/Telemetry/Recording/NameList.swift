// SPDX-License-Identifier: Apache-2.0

/// Names in plain memory, to be found without hashing and without counting references.
///
/// Two strings with the same bits are the same: that finds nearly every name, since short strings
/// have their text in their bits. Those that are equal with other bits are found by comparing.
@safe struct NameList {
    private struct Entry {
        let bits: StringBits
        let name: String
        let place: UInt16
        let isAlias: Bool
    }

    private let entries: UnsafeMutablePointer<Entry>
    private let count: Int

    init(_ names: [(name: String, place: Int, isAlias: Bool)]) {
        count = names.count
        unsafe entries = .allocate(capacity: max(1, count))
        for (index, entry) in names.enumerated() {
            unsafe (entries + index).initialize(
                to: Entry(
                    bits: StringBits(entry.name), name: entry.name, place: UInt16(entry.place),
                    isAlias: entry.isAlias))
        }
    }

    init(_ words: [String]) {
        self.init(words.enumerated().map { ($1, $0, false) })
    }

    func free() {
        unsafe entries.deinitialize(count: count)
        unsafe entries.deallocate()
    }

    /// Where a name stands, and whether it is another name for what stands there.
    func find(_ name: String) -> (place: Int, isAlias: Bool)? {
        let bits = StringBits(name)
        for index in 0..<count where unsafe entries[index].bits == bits {
            return unsafe (Int(entries[index].place), entries[index].isAlias)
        }
        return compare(name)
    }

    @inline(never)
    private func compare(_ name: String) -> (place: Int, isAlias: Bool)? {
        let length = name.utf8.count
        for index in 0..<count where unsafe entries[index].name.utf8.count == length {
            if unsafe entries[index].name == name {
                return unsafe (Int(entries[index].place), entries[index].isAlias)
            }
        }
        return nil
    }
}

/// The two words that a string is.
struct StringBits: Equatable {
    private let first: UInt64
    private let second: UInt64

    @inline(always)
    init(_ string: String) { self = unsafe unsafeBitCast(string, to: StringBits.self) }
}
