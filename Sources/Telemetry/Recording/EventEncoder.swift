// SPDX-License-Identifier: Apache-2.0

import Catalogue

/// Checks an event against catalogue and consent, and writes it as a record.
///
/// What it knows lies in plain memory: an event counts no references, so threads that record at
/// the same time share no word that changes.
@safe final class EventEncoder: Sendable {
    /// Of how many events the names are looked through; further ones are found by hashing.
    private static let scannedMax = 32

    let catalogue: Catalogue
    let epoch: UInt32
    let permit: Permit
    private let count: Int
    // This object's own; written once, in `init`.
    fileprivate nonisolated(unsafe) let rules: UnsafeMutablePointer<EventRules>
    private let names: [StringBits]

    init(_ catalogue: Catalogue, _ permit: Permit, epoch: UInt32) {
        self.catalogue = catalogue
        self.epoch = epoch
        self.permit = permit
        count = catalogue.events.count
        names = catalogue.events.prefix(Self.scannedMax).map { StringBits($0.name) }
        unsafe rules = .allocate(capacity: max(1, count))
        for (index, event) in catalogue.events.enumerated() {
            unsafe (rules + index).initialize(to: EventRules(event, permit))
        }
    }

    deinit {
        for index in 0..<count { unsafe rules[index].free() }
        unsafe rules.deallocate()
    }

    /// The place of the event with this name, or nil.
    func index(of name: String) -> Int? {
        let bits = StringBits(name)
        for index in names.indices where names[index] == bits { return index }
        return catalogue.index(of: name)
    }

    /// Whether an event may be recorded.
    func isAllowed(_ index: Int) -> Bool { unsafe rules[index].isAllowed }

    /// Which properties of a typed event may be recorded, a bit for each; nil if it may not be.
    func allowedBits(ofEvent index: Int) -> UInt32? {
        guard isAllowed(index) else { return nil }
        let rules = unsafe rules[index]
        return (0..<min(rules.count, EventKey.propertiesMax)).reduce(0) { bits, place in
            unsafe rules.properties[place].isAllowed ? bits | 1 << UInt32(place) : bits
        }
    }

    /// Encodes an event's properties, and hands them to `body` with how many were refused.
    func withEncoded<Result>(
        _ properties: [String: PropertyValue], ofEvent index: Int,
        _ body: (EncodedEvent, _ refusals: Int) -> Result
    ) -> Result {
        let rules = unsafe rules[index]
        return unsafe withUnsafeTemporaryAllocation(of: UInt64.self, capacity: rules.count) {
            words in
            unsafe words.initialize(repeating: 0)
            let refusals = unsafe rules.encode(
                properties, catalogue.events[index], into: words)
            let event = unsafe EncodedEvent(
                words: words, properties: properties, encoder: self, index: index)
            return body(event, refusals)
        }
    }
}

/// The words of one event, in the order of its declaration. Lives within one call.
@safe struct EncodedEvent {
    fileprivate let words: UnsafeMutableBufferPointer<UInt64>
    fileprivate let properties: [String: PropertyValue]
    fileprivate let encoder: EventEncoder
    fileprivate let index: Int

    /// The second word of its record.
    var header: UInt64 { RecordWriter.header(epoch: encoder.epoch, event: UInt64(index)) }

    /// The most bytes that its record takes.
    var bytesMax: Int {
        unsafe words.reduce(RecordLayout.headerBytes) { bytes, word in
            guard word != 0, word != EventRules.refused else { return bytes }
            switch word >> 8 & 0xFF {
            case RecordLayout.Tag.text: return bytes + RecordLayout.propertyBytesMax
            case RecordLayout.Tag.wide: return bytes + 16
            default: return bytes + 8
            }
        }
    }

    /// What of it was refused, under the names that it was given.
    var refusals: [EventRefusal] {
        let event = encoder.catalogue.events[index]
        let names = unsafe encoder.rules[index].names
        return properties.keys.sorted().filter { name in
            guard let (place, isAlias) = names.find(name) else { return true }
            let isSecond = isAlias && properties[event.properties[place].name] != nil
            return unsafe isSecond || words[place] == EventRules.refused
        }.map { EventRefusal(event: event.name, property: $0) }
    }

    func write(to writer: inout RecordWriter) {
        for place in 0..<(unsafe words.count) {
            let word = unsafe words[place]
            guard word != 0, word != EventRules.refused else { continue }
            switch word >> 8 & 0xFF {
            case RecordLayout.Tag.text, RecordLayout.Tag.wide: writeWide(place, to: &writer)
            default: writer.put(word)
            }
        }
    }

    /// Writes what takes more than one word, looked up once more.
    @inline(never)
    private func writeWide(_ place: Int, to writer: inout RecordWriter) {
        let property = encoder.catalogue.events[index].properties[place]
        let given = ([property.name] + property.aliases).lazy.compactMap { properties[$0] }.first
        switch given.map(property.admit) {
        case .accepted(.string(let text))?: writer.text(text, property: UInt64(place))
        case .accepted(.integer(let number))?:
            writer.number(UInt64(bitPattern: number), property: UInt64(place))
        default: break
        }
    }
}
