// SPDX-License-Identifier: Apache-2.0

internal import Catalogue
internal import Modules
internal import OTLP

/// A record that the catalogue admits.
struct AdmittedRecord: Sendable, Equatable {
    let day: Day
    /// Names of the figures that it adds to, each once.
    let counters: [String]
    /// How long it took, and the figure that this belongs to.
    let durationMilliseconds: Int?
    let timed: String?
    /// The record with nothing but its name, time, severity, identifier and admitted properties.
    let record: LogRecord
}

/// Checks single records against the catalogue.
struct RecordAdmission {
    static let identifierKey = "log.record.uid"
    /// The severity numbers that OTLP knows, and 0 for none.
    private static let severities: ClosedRange<Int32> = 0...24

    let policy: IntakePolicy
    let catalogue: Catalogue
    let today: Day

    /// The identifier of a record; nil when it has none of the agreed form.
    static func identifier(of record: LogRecord) -> RecordIdentifier? {
        let attribute = record.attributes.first { $0.key == identifierKey }
        guard case .string(let text) = attribute?.value else { return nil }
        return RecordIdentifier(text)
    }

    /// Admits a record or says why not; what is left out of an admitted one is added to `tally`.
    func admit(_ record: LogRecord, _ tally: inout Tally) -> Result<AdmittedRecord, Rejection> {
        guard let event = catalogue.event(named: record.eventName) else {
            return .failure(Rejection(reason: .event))
        }
        guard let nanoseconds = Int64(exactly: record.timeUnixNano) else {
            return .failure(Rejection(reason: .day))
        }
        let day = Timestamp(nanoseconds: nanoseconds).day
        guard policy.admits(day, on: today) else { return .failure(Rejection(reason: .day)) }
        let properties = admittedProperties(of: record, event, &tally)
        let counters = FigureRules.counters(of: event, properties)
        return .success(
            AdmittedRecord(
                day: day, counters: counters.names, durationMilliseconds: counters.duration,
                timed: counters.timed, record: cleaned(record, event, properties)))
    }

    /// Why a record is rejected.
    struct Rejection: Error, Equatable {
        let reason: Tally.Reason
    }

    private func admittedProperties(
        of record: LogRecord, _ event: EventDefinition, _ tally: inout Tally
    ) -> [(name: String, value: PropertyValue)] {
        var admitted: [(name: String, value: PropertyValue)] = []
        for attribute in record.attributes where attribute.key != Self.identifierKey {
            guard let definition = event.property(named: attribute.key) else {
                tally.add(.unknownProperty)
                continue
            }
            guard let value = PropertyValue(attribute.value),
                case .accepted(let accepted) = definition.admit(value),
                !admitted.contains(where: { $0.name == definition.name })
            else {
                tally.add(.refusedValue)
                continue
            }
            admitted.append((definition.name, accepted))
        }
        return admitted
    }

    private func cleaned(
        _ record: LogRecord, _ event: EventDefinition,
        _ properties: [(name: String, value: PropertyValue)]
    ) -> LogRecord {
        let identifier = record.attributes.first { $0.key == Self.identifierKey }
        var cleaned = LogRecord()
        cleaned.timeUnixNano = record.timeUnixNano
        cleaned.severityNumber =
            Self.severities.contains(record.severityNumber) ? record.severityNumber : 0
        cleaned.eventName = event.name
        cleaned.attributes =
            properties.map { KeyValue(key: $0.name, value: AnyValue($0.value)) }
            + (identifier.map { [$0] } ?? [])
        return cleaned
    }
}

extension PropertyValue {
    /// The catalogue's view of an attribute's value; nil for lists, maps, bytes and nothing.
    fileprivate init?(_ value: AnyValue) {
        switch value {
        case .string(let text): self = .string(text)
        case .int(let number): self = .integer(number)
        case .bool(let flag): self = .boolean(flag)
        case .double(let number): self = .double(number)
        default: return nil
        }
    }
}

extension AnyValue {
    fileprivate init(_ value: PropertyValue) {
        switch value {
        case .string(let text): self = .string(text)
        case .integer(let number): self = .int(number)
        case .boolean(let flag): self = .bool(flag)
        case .double(let number): self = .double(number)
        }
    }
}
