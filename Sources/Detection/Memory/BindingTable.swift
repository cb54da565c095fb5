// SPDX-License-Identifier: Apache-2.0

/// Who has which address. Guarded addresses have a table of their own, so that no flood of
/// others can drive them out.
struct BindingTable: Sendable {
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

    /// The owner of an address.
    func owner(_ key: AddressKey) -> Binding? {
        isGuarded(key.ip) ? guarded.value(key) : ordinary.value(key)
    }

    /// Lets `change` alter the binding of an address; `initial` is its first one.
    mutating func update<Result>(
        _ key: AddressKey, initial: Binding, _ change: (inout Binding, _ isNew: Bool) -> Result
    ) -> Result {
        if isGuarded(key.ip) {
            let (index, isNew) = guarded.findOrInsert(key, initial)
            return change(&guarded[index], isNew)
        }
        let (index, isNew) = ordinary.findOrInsert(key, initial)
        return change(&ordinary[index], isNew)
    }

    @inline(always)
    private func isGuarded(_ ip: IPv4Address) -> Bool {
        !guardedAddresses.isEmpty && guardedAddresses.contains(ip)
    }
}
