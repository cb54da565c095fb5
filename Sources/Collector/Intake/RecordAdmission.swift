// SPDX-License-Identifier: Apache-2.0

internal import Catalogue
internal import Modules
internal import OTLP

/// Checks single records against a plan, by their bytes.
struct RecordAdmission {
    /// The severity numbers that OTLP knows, and 0 for none.
    private static let severities: ClosedRange<Int32> = 0...24
    /// Bytes of these two fields of a record that is kept.
    private static let (timeBytes, severityBytes) = (9, 2)

    let policy: IntakePolicy
    let today: Day
    /// The admitted properties of the record that is being checked: kept from record to record, so
    /// that it is made once.
    private var admitted: [(property: Int, value: Admitted)] = []
    private var texts: [String] = []

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
        let plan = draft.plan
        guard let number = plan.eventNames.index(logs.bytes.span, record.eventName) else {
            return false
        }
        let event = plan.events[number]
        admitted.removeAll(keepingCapacity: true)
        if !texts.isEmpty { texts.removeAll(keepingCapacity: true) }
        for index in record.attributes where index != uid {
            admit(logs.attributes[index], of: logs, event, &draft.tally)
        }
        keep(record, event, in: &draft)
        count(event, at: draft.place(of: day), in: &draft)
        return true
    }

    /// Writes what is kept of a record: nothing but its name, time, severity and admitted
    /// properties.
    private func keep(
        _ record: FlatLogs.Record, _ event: AdmissionPlan.Event, in draft: inout BatchDraft
    ) {
        let severity = record.severityNumber
        let hasSeverity = severity != 0 && Self.severities.contains(severity)
        var count = Self.timeBytes + (hasSeverity ? Self.severityBytes : 0) + event.nameField.count
        for entry in admitted {
            count += bytes(of: entry.value, event.properties[entry.property].attributes)
        }
        draft.admitRecord(bytes: count) { records in
            records.fixed64(field: 1, record.timeUnixNano)
            if hasSeverity { records.varint(field: 2, UInt64(severity)) }
            for entry in admitted {
                write(entry.value, event.properties[entry.property].attributes, to: &records)
            }
            records.append(event.nameField)
        }
    }

    private mutating func admit(
        _ attribute: FlatLogs.Attribute, of logs: FlatLogs, _ event: AdmissionPlan.Event,
        _ tally: inout Tally
    ) {
        guard let key = event.keys.index(logs.bytes.span, attribute.key) else {
            return tally.add(.unknownProperty)
        }
        let number = event.keyProperties[key]
        let property = event.properties[number]
        guard let value = value(attribute.value, of: logs, property, &tally),
            told(number) == nil
        else {
            return tally.add(.refusedValue)
        }
        admitted.append((number, value))
    }

    private func write(
        _ value: Admitted, _ attributes: KeptAttributes, to records: inout CompactWriter
    ) {
        switch value {
        case .word(let word): attributes.write(known: word, to: &records)
        case .flag(let flag): attributes.write(known: flag ? 1 : 0, to: &records)
        case .text(let text): attributes.write(texts[text], to: &records)
        case .number(let number): attributes.write(number, to: &records)
        }
    }

    /// How many bytes `write` is going to write.
    private func bytes(of value: Admitted, _ attributes: KeptAttributes) -> Int {
        switch value {
        case .word(let word): attributes.bytes(known: word)
        case .flag(let flag): attributes.bytes(known: flag ? 1 : 0)
        case .text(let text): attributes.bytes(of: texts[text])
        case .number(let number): attributes.bytes(of: number)
        }
    }

    private mutating func value(
        _ value: FlatLogs.Value, of logs: FlatLogs, _ property: AdmissionPlan.Property,
        _ tally: inout Tally
    ) -> Admitted? {
        if let words = property.words {
            guard case .string(let place) = value else { return nil }
            let word = words.index(logs.bytes.span, place)
            if word == nil { tally.add(.unknownWord) }
            return .word(word ?? property.other)
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
            for (property, words) in event.labels {
                var word = words
                if case .word(let told) = told(property) { word = told }
                combination = combination * (words + 1) + word
            }
            label = event.labelCounters[combination]
            draft.count(event.labelCounters[combination], at: place)
        }
        for number in event.tables {
            count(event.properties[number], told(number), at: place, in: &draft)
        }
        if let (property, factor) = event.duration, case .number(let units) = told(property) {
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
