// SPDX-License-Identifier: Apache-2.0

/// How much one message may ask of a decoder, in either encoding.
public struct OTLPLimits: Sendable, Equatable {
    /// The deepest nesting any limits can allow; keeps the decoder's stack bounded.
    public static let valueDepthCeiling = 100

    /// Most bytes of a protobuf message. JSON texts have `JSONLimits.bytesMax`.
    public var messageBytesMax: Int
    /// Most resource groups and scope groups together.
    public var groupsMax: Int
    /// Most log records.
    public var recordsMax: Int
    /// Most attributes of one record, resource, scope or nested list.
    public var attributesMax: Int
    /// Most attributes and list elements in the whole message.
    public var valuesMax: Int
    /// Most lists inside one another; never more than `valueDepthCeiling`.
    public var valueDepthMax: Int
    /// Most bytes of one text or byte string, decoded.
    public var stringBytesMax: Int

    /// Limits for one kind of message; a depth beyond `valueDepthCeiling` is cut to it.
    public init(
        messageBytesMax: Int = 4 << 20, groupsMax: Int = 10_000, recordsMax: Int = 50_000,
        attributesMax: Int = 128, valuesMax: Int = 500_000, valueDepthMax: Int = 8,
        stringBytesMax: Int = 64 << 10
    ) {
        self.messageBytesMax = messageBytesMax
        self.groupsMax = groupsMax
        self.recordsMax = recordsMax
        self.attributesMax = attributesMax
        self.valuesMax = valuesMax
        self.valueDepthMax = min(valueDepthMax, Self.valueDepthCeiling)
        self.stringBytesMax = stringBytesMax
    }

    /// 4 MiB, 50,000 records, 8 levels; the depth fits into the standard depth of JSON texts.
    public static let standard = OTLPLimits()
}

/// What has been counted against the limits while one message is decoded.
struct LimitCounter {
    let limits: OTLPLimits
    private var groups = 0
    private var records = 0
    private var values = 0
    private var depth = 0

    init(limits: OTLPLimits) {
        self.limits = limits
    }

    mutating func addGroup() throws(OTLPError) {
        groups += 1
        try Self.check(groups, .groups, limits.groupsMax)
    }

    mutating func addRecord() throws(OTLPError) {
        records += 1
        try Self.check(records, .records, limits.recordsMax)
    }

    mutating func addValue() throws(OTLPError) {
        values += 1
        try Self.check(values, .values, limits.valuesMax)
    }

    /// One more attribute where there are already some.
    mutating func addAttribute(to count: Int) throws(OTLPError) {
        try Self.check(count + 1, .attributes, limits.attributesMax)
        try addValue()
    }

    mutating func enterList() throws(OTLPError) {
        depth += 1
        try Self.check(depth, .valueDepth, limits.valueDepthMax)
    }

    mutating func leaveList() {
        depth -= 1
    }

    func checkMessage(bytes count: Int) throws(OTLPError) {
        try Self.check(count, .messageBytes, limits.messageBytesMax)
    }

    func checkString(bytes count: Int) throws(OTLPError) {
        try Self.check(count, .stringBytes, limits.stringBytesMax)
    }

    private static func check(
        _ count: Int, _ kind: OTLPError.Limit, _ limit: Int
    ) throws(OTLPError) {
        guard count <= limit else { throw .limitExceeded(kind, limit: limit) }
    }
}

/// A type that occurs in lists and counts against the limits.
protocol Counted {
    /// Counts one more element of a list that has some already.
    static func admit(to counter: inout LimitCounter, existing: Int) throws(OTLPError)
}

extension ResourceLogs: Counted {
    static func admit(to counter: inout LimitCounter, existing: Int) throws(OTLPError) {
        try counter.addGroup()
    }
}

extension ScopeLogs: Counted {
    static func admit(to counter: inout LimitCounter, existing: Int) throws(OTLPError) {
        try counter.addGroup()
    }
}

extension LogRecord: Counted {
    static func admit(to counter: inout LimitCounter, existing: Int) throws(OTLPError) {
        try counter.addRecord()
    }
}

extension KeyValue: Counted {
    static func admit(to counter: inout LimitCounter, existing: Int) throws(OTLPError) {
        try counter.addAttribute(to: existing)
    }
}

extension AnyValue: Counted {
    static func admit(to counter: inout LimitCounter, existing: Int) throws(OTLPError) {
        try counter.addValue()
    }
}
