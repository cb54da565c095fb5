// SPDX-License-Identifier: Apache-2.0

/// Who has which address. Guarded addresses have a table of their own, so that no flood of
/// others can drive them out.
struct BindingTable: ~Copyable, Sendable {
    private var ordinary: BoundedTable<AddressKey, Binding>
    private var guarded: BoundedTable<AddressKey, Binding>
    private let guardedAddresses: Set<IPv4Address>

    init(guarding addresses: Set<IPv4Address>, limits: DetectionLimits, seed: UInt64) {
        ordinary = BoundedTable(countMax: limits.bindingsMax, seed: seed)
        guarded = BoundedTable(countMax: limits.bindingsMax, seed: seed)
        guardedAddresses = addresses
    }

    /// How many owners are known.
    var count: Int { ordinary.count + guarded.count }
    /// How many had to be forgotten.
    var evicted: UInt64 { ordinary.evicted + guarded.evicted }

    /// Where a binding is, until the next insertion.
    struct Place {
        fileprivate let index: Int
        fileprivate let isGuarded: Bool
    }

    /// The owner of an address.
    func owner(_ key: AddressKey) -> MACAddress? {
        (isGuarded(key.ip) ? guarded.value(key) : ordinary.value(key))?.mac
    }

    /// Hands every binding to `body`.
    func forEach(_ body: (AddressKey, Binding) -> Void) {
        guarded.forEach(body)
        ordinary.forEach(body)
    }

    /// Forgets who has these addresses.
    mutating func forget(_ addresses: Set<IPv4Address>) {
        guarded.removeAll { addresses.contains($0.ip) }
        ordinary.removeAll { addresses.contains($0.ip) }
    }

    /// The place of an address's binding, where there is one, without counting as a use.
    @inline(__always)
    func peek(_ key: AddressKey) -> Place? {
        let isGuarded = isGuarded(key.ip)
        let index = isGuarded ? guarded.peek(key) : ordinary.peek(key)
        return index.map { Place(index: $0, isGuarded: isGuarded) }
    }

    /// Counts a use of the binding at a place.
    @inline(__always)
    mutating func use(_ place: Place) {
        if place.isGuarded { guarded.use(place.index) } else { ordinary.use(place.index) }
    }

    /// The place of an address's binding, and whether `initial` had to be put there.
    mutating func findOrInsert(_ key: AddressKey, _ initial: Binding) -> (Place, isNew: Bool) {
        let isGuarded = isGuarded(key.ip)
        let (index, isNew) =
            isGuarded
            ? guarded.findOrInsert(key, initial) : ordinary.findOrInsert(key, initial)
        return (Place(index: index, isGuarded: isGuarded), isNew)
    }

    /// The binding at a place.
    @inline(always)
    subscript(place: Place) -> Binding {
        place.isGuarded ? guarded[place.index] : ordinary[place.index]
    }

    /// Lets `change` alter the binding at a place.
    @inline(always)
    mutating func update<Answer>(
        _ place: Place, _ change: (inout Binding) -> Answer
    ) -> Answer {
        place.isGuarded ? change(&guarded[place.index]) : change(&ordinary[place.index])
    }

    @inline(always)
    private func isGuarded(_ ip: IPv4Address) -> Bool {
        !guardedAddresses.isEmpty && guardedAddresses.contains(ip)
    }
}
