// SPDX-License-Identifier: Apache-2.0

/// What an exporter sends: `ExportLogsServiceRequest` (opentelemetry-proto 1.11.0).
public struct ExportLogsRequest: Sendable, Equatable {
    /// The records, grouped by where they come from.
    public var resourceLogs: [ResourceLogs]

    /// A request with these groups.
    public init(resourceLogs: [ResourceLogs] = []) {
        self.resourceLogs = resourceLogs
    }

    /// The number of log records in all groups.
    public var recordCount: Int {
        resourceLogs.reduce(0) { count, group in
            group.scopeLogs.reduce(count) { $0 + $1.logRecords.count }
        }
    }
}

/// The records of one resource.
public struct ResourceLogs: Sendable, Equatable {
    /// Who produced the records.
    public var resource: Resource
    /// The records, grouped by the part of the program.
    public var scopeLogs: [ScopeLogs]
    /// The URL of the schema of the resource's attributes, or empty.
    public var schemaURL: String

    /// The records of one resource.
    public init(
        resource: Resource = Resource(attributes: []), scopeLogs: [ScopeLogs] = [],
        schemaURL: String = ""
    ) {
        self.resource = resource
        self.scopeLogs = scopeLogs
        self.schemaURL = schemaURL
    }
}

/// A producer of records.
public struct Resource: Sendable, Equatable {
    /// What is known about it.
    public var attributes: [KeyValue]
    /// How many attributes the sender left out.
    public var droppedAttributesCount: UInt32

    /// A producer with these attributes.
    public init(attributes: [KeyValue] = [], droppedAttributesCount: UInt32 = 0) {
        self.attributes = attributes
        self.droppedAttributesCount = droppedAttributesCount
    }
}

/// The records of one part of a program.
public struct ScopeLogs: Sendable, Equatable {
    /// The part of the program.
    public var scope: InstrumentationScope
    /// Its records.
    public var logRecords: [LogRecord]
    /// The URL of the schema of the records, or empty.
    public var schemaURL: String

    /// The records of one part of a program.
    public init(
        scope: InstrumentationScope = InstrumentationScope(name: ""), logRecords: [LogRecord] = [],
        schemaURL: String = ""
    ) {
        self.scope = scope
        self.logRecords = logRecords
        self.schemaURL = schemaURL
    }
}

/// A part of a program that produces records.
public struct InstrumentationScope: Sendable, Equatable {
    /// Its name, or empty.
    public var name: String
    /// Its version, or empty.
    public var version: String
    /// What else is known about it.
    public var attributes: [KeyValue]
    /// How many attributes the sender left out.
    public var droppedAttributesCount: UInt32

    /// A part of a program.
    public init(
        name: String = "", version: String = "", attributes: [KeyValue] = [],
        droppedAttributesCount: UInt32 = 0
    ) {
        self.name = name
        self.version = version
        self.attributes = attributes
        self.droppedAttributesCount = droppedAttributesCount
    }
}
