// SPDX-License-Identifier: Apache-2.0

/// One log record; with an event name it is an event (opentelemetry-proto 1.11.0, logs.proto).
public struct LogRecord: Sendable, Equatable {
    /// When it happened, in nanoseconds since 1970 in UTC; 0 is unknown.
    public var timeUnixNano: UInt64 = 0
    /// When the pipeline first saw it, in nanoseconds since 1970 in UTC; 0 is unknown.
    public var observedTimeUnixNano: UInt64 = 0
    /// 1 (trace) to 24 (fatal); 0 is unspecified. Numbers outside are kept as they came.
    public var severityNumber: Int32 = 0
    /// The severity as its source words it.
    public var severityText = ""
    /// A text for people, or nil; events carry their content in attributes instead.
    public var body: AnyValue?
    /// The name that fixes the structure of an event; empty for a plain log record.
    public var eventName = ""
    /// What is known about it; keys are unique by agreement, not by force.
    public var attributes: [KeyValue] = []
    /// How many attributes the sender left out.
    public var droppedAttributesCount: UInt32 = 0
    /// W3C trace flags in the low eight bits.
    public var flags: UInt32 = 0
    /// The trace it belongs to: 16 bytes, or none.
    public var traceID: [UInt8] = []
    /// The span it belongs to: 8 bytes, or none.
    public var spanID: [UInt8] = []

    /// A record in which everything is unset.
    public init() {}

    /// An event: `observedTimeUnixNano` equals the time it happened.
    public init(
        eventName: String, timeUnixNano: UInt64, severityNumber: Int32, attributes: [KeyValue]
    ) {
        self.eventName = eventName
        self.timeUnixNano = timeUnixNano
        self.observedTimeUnixNano = timeUnixNano
        self.severityNumber = severityNumber
        self.attributes = attributes
    }
}
