// SPDX-License-Identifier: Apache-2.0

internal import Catalogue
internal import Modules
internal import OTLP

/// Checks single records against a plan, by their bytes.
struct RecordAdmission {
    /// The severity numbers that OTLP knows, and 0 for none.
    private static let severities: ClosedRange<Int32> = 0...24

    let policy: IntakePolicy
    let today: Day
    /// The admitted properties of the record that is being checked, with the attributes that they
    /// came in: kept from record to record, so that it is made once.
    private var admitted: [(property: Int, attribute: Int, value: Admitted)] = []
    private var texts: [String] = []
    private var message = CompactWriter()

    /// What was admitted of a property.
    private enum Admitted {
        /// A word of a choice.
        case word(Int)
        case number(Int64)
        case flag(Bool)
        /// A text, by its place in `texts`: so nothing is counted when a value is copied.
        case text(Int)
    }

    init(policy: IntakePolicy, today: Day) {
        self.policy = policy
        self.today = today
    }

    /// The day of a record that is admitted, by its event and its time.
    func day(of record: FlatLogs.Record) -> Day? {
        guard let nanoseconds = Int64(exactly: record.timeUnixNano) else { return nil }
        let day = Timestamp(nanoseconds: nanoseconds).day
        return policy.admits(day, on: today) ? day : nil
    }

    /// Takes a record of a day that is admitted into a draft; false when the catalogue does not
    /// know its event.
    mutating func take(
        _ record: FlatLogs.Record, of logs: FlatLogs, on day: Day, uid: Int,
        into draft: inout BatchDraft
    ) -> Bool {
        let bytes = logs.bytes.span
        guard let number = draft.plan.eventNames.index(bytes, record.eventName) else {
            return false
        }
        let event = draft.plan.events[number]
        admitted.removeAll(keepingCapacity: true)
        texts.removeAll(keepingCapacity: true)
        for index in record.attributes where index != uid {
            admit(index, of: logs, event, &draft.tally)
        }
        let place = draft.admitRecord(on: day)
        count(event, at: place, in: &draft)
        write(record, event, to: &draft.records)
        return true
    }

    private mutating func admit(
        _ index: Int, of logs: FlatLogs, _ event: AdmissionPlan.Event, _ tally: inout Tally
    ) {
        let bytes = logs.bytes.span
        let attribute = logs.attributes[index]
        guard let key = event.keys.index(bytes, attribute.key) else {
            return tally.add(.unknownProperty)
        }
        let number = event.keyProperties[key]
        guard let value = value(attribute.value, of: logs, event.properties[number]),
            !admitted.contains(where: { $0.property == number })
        else { return tally.add(.refusedValue) }
        admitted.append((number, index, value))
    }

    private mutating func value(
        _ value: FlatLogs.Value, of logs: FlatLogs, _ property: AdmissionPlan.Property
    ) -> Admitted? {
        if let words = property.words {
            guard case .string(let place) = value else { return nil }
            return .word(words.index(logs.bytes.span, place) ?? property.other)
        }
        let admission: Admission
        switch value {
        case .string(let place):
            // Kinds of texts are short ones.
            guard place.count <= PropertyGuard.identifierBytesMax else { return nil }
            admission = property.definition.admit(.string(logs.text(place)))
        case .int(let number): admission = property.definition.admit(.integer(number))
        case .bool(let flag): admission = property.definition.admit(.boolean(flag))
        case .double(let number): admission = property.definition.admit(.double(number))
        case .other: return nil
        }
        switch admission {
        case .accepted(.string(let text)):
            texts.append(text)
            return .text(texts.count - 1)
        case .accepted(.integer(let number)): return .number(number)
        case .accepted(.boolean(let flag)): return .flag(flag)
        case .accepted(.double), .refused: return nil
        }
    }
}

// MARK: - Figures

extension RecordAdmission {
    /// Counts the record for its event, for the tables that its properties have, and how long it
    /// took.
    private func count(
        _ event: AdmissionPlan.Event, at place: Int, in draft: inout BatchDraft
    ) {
        draft.count(event.counter, at: place)
        var label: Int?
        if !event.labels.isEmpty {
            var combination = 0
            for number in event.labels {
                let words = event.properties[number].words?.count ?? 0
                var word = words
                if case .word(let told) = told(number) { word = told }
                combination = combination * (words + 1) + word
            }
            label = event.labelCounters[combination]
            draft.count(event.labelCounters[combination], at: place)
        }
        for number in event.tables {
            count(event.properties[number], told(number), at: place, in: &draft)
        }
        if let number = event.duration, case .number(let units) = told(number) {
            let factor = event.properties[number].millisecondsPerUnit
            let (product, overflow) = units.multipliedReportingOverflow(by: factor)
            draft.time(
                event.timed(label), milliseconds: overflow ? .max : Int(product), at: place)
        }
    }

    private func count(
        _ property: AdmissionPlan.Property, _ value: Admitted?, at place: Int,
        in draft: inout BatchDraft
    ) {
        guard let notTold = property.counters.last else { return }
        switch value {
        case .word(let word): draft.count(property.counters[word], at: place)
        case .flag(let flag): draft.count(property.counters[flag ? 1 : 0], at: place)
        case .text(let text): draft.count((property.dynamicPrefix ?? "") + texts[text], at: place)
        case .number, nil: draft.count(notTold, at: place)
        }
    }

    private func told(_ property: Int) -> Admitted? {
        for entry in admitted where entry.property == property { return entry.value }
        return nil
    }
}

// MARK: - What is kept

extension RecordAdmission {
    /// Appends the record with nothing but its name, time, severity and admitted properties.
    private mutating func write(
        _ record: FlatLogs.Record, _ event: AdmissionPlan.Event, to records: inout [UInt8]
    ) {
        message.removeAll()
        message.fixed64(field: 1, record.timeUnixNano)
        if record.severityNumber != 0, Self.severities.contains(record.severityNumber) {
            message.varint(field: 2, UInt64(record.severityNumber))
        }
        for entry in admitted { write(entry.value, event.properties[entry.property]) }
        message.delimited(field: 12, event.name)
        records.append(2 << 3 | 2)
        CompactWriter.append(UInt64(message.bytes.count), to: &records)
        records.append(contentsOf: message.bytes)
    }

    /// One attribute: a KeyValue of a name and an AnyValue.
    private mutating func write(_ value: Admitted, _ property: AdmissionPlan.Property) {
        let key = property.name
        switch value {
        case .word(let word): writeText(key, property.words?[word] ?? [])
        case .text(let text): writeText(key, Array(texts[text].utf8))
        case .flag(let flag): writeNumber(key, field: 2, flag ? 1 : 0)
        case .number(let number): writeNumber(key, field: 3, UInt64(bitPattern: number))
        }
    }

    private mutating func writeText(_ key: [UInt8], _ text: [UInt8]) {
        let value = 1 + CompactWriter.varintBytes(text.count) + text.count
        openAttribute(key, value)
        message.delimited(field: 1, text)
    }

    private mutating func writeNumber(_ key: [UInt8], field: UInt8, _ number: UInt64) {
        openAttribute(key, 1 + CompactWriter.varintBytes(Int(clamping: number)))
        message.varint(field: field, number)
    }

    private mutating func openAttribute(_ key: [UInt8], _ valueBytes: Int) {
        let keyBytes = 1 + CompactWriter.varintBytes(key.count) + key.count
        message.delimited(
            field: 6, count: keyBytes + 1 + CompactWriter.varintBytes(valueBytes) + valueBytes)
        message.delimited(field: 1, key)
        message.delimited(field: 2, count: valueBytes)
    }
}
