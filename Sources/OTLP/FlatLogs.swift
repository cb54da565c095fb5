// SPDX-License-Identifier: Apache-2.0

/// The log records of a request as tables over its protobuf bytes: three allocations for any number
/// of records, no text is made. It accepts and refuses the same bytes as `ExportLogsRequest`.
public struct FlatLogs: Sendable {
    /// A value that has no parts. Texts are UTF-8 within `bytes`.
    public enum Value: Sendable, Equatable {
        /// A text, where it stands.
        case string(Range<Int>)
        /// A truth value.
        case bool(Bool)
        /// A signed 64-bit number.
        case int(Int64)
        /// A floating-point number.
        case double(Double)
        /// A list, a nested set of attributes, bytes, or no value.
        case other
    }

    /// A named value.
    public struct Attribute: Sendable, Equatable {
        /// Where the name stands.
        public var key = 0..<0
        /// What it stands for.
        public var value = Value.other
    }

    /// One log record.
    public struct Record: Sendable, Equatable {
        /// When it happened, in nanoseconds since 1970; 0 is unknown.
        public var timeUnixNano: UInt64 = 0
        /// Its severity, 1 to 24; 0 is unknown.
        public var severityNumber: Int32 = 0
        /// Where the name of the event stands.
        public var eventName = 0..<0
        /// Its attributes, as indices into `attributes`.
        public var attributes = 0..<0
    }

    /// The records of one resource.
    public struct Group: Sendable, Equatable {
        /// The resource's attributes, as indices into `resourceAttributes`.
        public var resource = 0..<0
        /// Its records, as indices into `records`.
        public var records = 0..<0
    }

    /// The request.
    public let bytes: [UInt8]
    /// One for each resource, in order.
    public private(set) var groups: [Group] = []
    /// All records, in order.
    public private(set) var records: [Record] = []
    /// The attributes of all records.
    public private(set) var attributes: [Attribute] = []
    /// The attributes of all resources.
    public private(set) var resourceAttributes: [Attribute] = []

    /// Reads a request. Throws at the first byte that breaks the encoding, and as soon as a limit
    /// is passed.
    public init(_ bytes: [UInt8], limits: OTLPLimits = .standard) throws(OTLPError) {
        self.bytes = bytes
        var scanner = LogsScanner(limits: limits)
        try scanner.counter.checkMessage(bytes: bytes.count)
        // Records and attributes of usual requests, so that the tables seldom grow.
        scanner.records.reserveCapacity(bytes.count / 64)
        scanner.attributes.reserveCapacity(bytes.count / 20)
        try scanner.request(bytes.span)
        groups = scanner.groups
        records = scanner.records
        attributes = scanner.attributes
        resourceAttributes = scanner.resourceAttributes
    }

    /// The text at a place, which holds UTF-8.
    public func text(_ place: Range<Int>) -> String {
        String(decoding: bytes[place], as: UTF8.self)
    }
}
