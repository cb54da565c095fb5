// SPDX-License-Identifier: Apache-2.0

package import Catalogue
public import JSON
public import Modules

/// How telemetry is set up. Nothing in it grants consent; `enabled: false` forbids.
///
/// A value that is out of its bounds keeps telemetry off, with the cause `configuration`; what
/// `enable` throws names the key.
public struct TelemetryModuleConfig: Sendable, Equatable {
    /// Whether batches leave by themselves or only after a person released them.
    public enum UploadReview: String, Sendable, CaseIterable {
        /// They leave when an upload is due.
        case automatic
        /// Nothing leaves before a person released it.
        case manual
    }

    /// An explicit `false` forbids telemetry; otherwise consent decides.
    public var enabled: Bool?
    /// Whether time, counts and durations are made coarse when a batch is sealed; without it times
    /// leave to the second.
    public var anonymizeData = true
    /// Hours between uploads; 1 to 8,760.
    public var collectionInterval = 24
    /// The folder of telemetry's data, as a path from `/`; nil means the folder `telemetry` in the
    /// program's home.
    public var storagePath: String?
    /// Days after which local data is deleted; 1 to 3,650.
    public var storageRetentionDays = 30
    /// The most space that everything under `storagePath` may take; 1 MiB to 16 GiB.
    public var storageBytesMax: Int64 = 64 << 20
    /// The OTLP/HTTP endpoint for logs: https without user name and query, or http to loopback. Nil
    /// means that nothing is ever uploaded.
    public var uploadURL: String?
    /// The most events of one batch; 1 to 10,000.
    public var maxEventsPerBatch = 100
    /// The events that may be recorded, each declared in the catalogue; nil means all of those.
    public var allowedEventTypes: [String]?
    /// The content coding of uploads: gzip, zstd or none.
    public var compression = "gzip"
    /// Whether batches wait for a person.
    public var uploadReview = UploadReview.automatic
    /// The most bytes per second of an upload, 1,024 to 2^40; nil means no limit.
    public var uploadBytesPerSecondMax: Int64?
    /// The most bytes uploaded per UTC day; 1,024 to 2^40.
    public var uploadBytesPerDayMax: Int64 = 1 << 20
    /// Where requests for erasure go, in the form of `uploadURL`; nil means beside `uploadURL` if
    /// that ends in `/v1/logs`.
    public var erasureURL: String?
    /// The proxy through which https goes, `http://HOST:PORT` or `socks5h://HOST:PORT`; nil means
    /// none, whatever the environment says.
    public var uploadProxy: String?
    /// A file of PEM certificates that are trusted instead of the system's, as a path from `/`; nil
    /// means the system's.
    public var uploadCAFile: String?

    /// A configuration with the defaults, and possibly an endpoint.
    public init(uploadURL: String? = nil) {
        self.uploadURL = uploadURL
    }

    /// The endpoint of uploads; nil without a valid one.
    public var uploadEndpoint: Endpoint? { uploadURL.flatMap(Endpoint.init) }

    /// Why there is no ``erasureEndpoint`` beside a place to send to.
    package static let noErasure =
        "telemetry.erasure_url names nobody to ask, and telemetry.upload_url does not end in "
        + "/v1/logs"

    /// The endpoint below which an installation is erased; nil if there is none.
    public var erasureEndpoint: Endpoint? {
        if let erasureURL { return Endpoint(erasureURL) }
        guard let upload = uploadEndpoint else { return nil }
        // Of a server that takes logs with a slash behind.
        let path = upload.path.dropLast(upload.path.hasSuffix("/") ? 1 : 0)
        guard path.hasSuffix("/v1/logs") else { return nil }
        return Endpoint(upload.origin + path.dropLast("logs".count) + "installations")
    }
}

extension TelemetryModuleConfig {
    /// The keys of the configuration file, with bounds and defaults.
    ///
    /// - Parameter eventTypes: the names of the declared events.
    public static func schema(eventTypes: [String]) -> SettingsSchema {
        SettingsSchema(
            section: "telemetry",
            collectionSettings(eventTypes) + storageSettings + uploadSettings)
    }

    private static func collectionSettings(_ eventTypes: [String]) -> [Setting] {
        [
            Setting(
                "enabled", form: "true, false or null", default: .null,
                meaning: "false forbids; otherwise consent decides"
            ) { $0 == .null || $0.boolValue != nil },
            .bool(
                "anonymize_data", default: true,
                meaning: "make time, counts and durations coarse before sending"),
            .list(
                "allowed_event_types", form: "a list of \(eventTypes.joined(separator: ", "))",
                example: #"["app_start", "app_stop"]"#,
                default: .array(eventTypes.map { .string($0) }),
                meaning: "the events that may be recorded"
            ) { $0.stringValue.map(eventTypes.contains) ?? false },
        ]
    }

    private static let storageSettings: [Setting] = [
        path(
            "storage_path",
            meaning: "the folder of telemetry's data; null is the folder telemetry in the home"),
        .integer(
            "storage_retention_days", 1...3650, default: 30,
            meaning: "days after which local data is deleted"),
        .integer(
            "storage_bytes_max", 1 << 20...16 << 30, default: .integer(64 << 20),
            meaning: "the most space for telemetry's data"),
    ]

    private static let uploadSettings: [Setting] = [
        endpoint("upload_url", meaning: "the OTLP/HTTP endpoint for logs; null never uploads"),
        endpoint(
            "erasure_url",
            meaning: "where erasures go; null is beside an upload_url that ends in /v1/logs"),
        Setting(
            "upload_proxy", form: "http://HOST:PORT, socks5h://HOST:PORT, or null", default: .null,
            meaning: "the proxy for https uploads; the environment's are ignored"
        ) { value in value == .null || value.stringValue.flatMap(ProxyAddress.init) != nil },
        path(
            "upload_ca_file",
            meaning: "certificates (PEM) to trust instead of the system's; null is the system's"),
        .integer(
            "collection_interval", 1...8760, default: 24,
            meaning: "hours between uploads of a running watch; replay never uploads"),
        .integer("max_events_per_batch", 1...10_000, default: 100, meaning: "events per batch"),
        .choice(
            "compression", ["gzip", "zstd", "none"], default: "gzip",
            meaning: "the content coding of uploads"),
        .choice(
            "upload_review", UploadReview.allCases.map(\.rawValue), default: "automatic",
            meaning: "manual: nothing leaves before you release it"),
        .integer(
            "upload_bytes_per_second_max", 1024...1 << 40, default: .null,
            meaning: "the most bytes per second of an upload"),
        .integer(
            "upload_bytes_per_day_max", 1024...1 << 40, default: .integer(1 << 20),
            meaning: "the most bytes uploaded per day"),
    ]

    private static func path(_ key: String, meaning: String) -> Setting {
        Setting(
            key, form: "a path from / or ~ without control characters, or null", default: .null,
            meaning: meaning
        ) { value in
            guard let text = value.stringValue else { return value == .null }
            return (text.hasPrefix("/") || text.hasPrefix("~/")) && Setting.mayBePath(text)
        }
    }

    private static func endpoint(_ key: String, meaning: String) -> Setting {
        Setting(
            key, form: "an https URL without user name and query, an http URL to loopback, or null",
            default: .null, meaning: meaning
        ) { value in value == .null || value.stringValue.flatMap(Endpoint.init) != nil }
    }

    /// Reads the section of a configuration file that `schema` found free of problems.
    ///
    /// - Parameters:
    ///   - object: the section's content.
    ///   - userHome: what a leading `~` stands for.
    public init(section object: JSONObject, userHome: String) {
        self.init()
        enabled = object["enabled"]?.boolValue
        anonymizeData = object["anonymize_data"]?.boolValue ?? anonymizeData
        collectionInterval = object.int("collection_interval") ?? collectionInterval
        storagePath = object.path("storage_path", userHome)
        storageRetentionDays = object.int("storage_retention_days") ?? storageRetentionDays
        storageBytesMax = object["storage_bytes_max"]?.integerValue ?? storageBytesMax
        uploadURL = object["upload_url"]?.stringValue
        maxEventsPerBatch = object.int("max_events_per_batch") ?? maxEventsPerBatch
        allowedEventTypes = object["allowed_event_types"]?.arrayValue?.compactMap(\.stringValue)
        compression = object["compression"]?.stringValue ?? compression
        uploadReview =
            object["upload_review"]?.stringValue.flatMap(UploadReview.init) ?? uploadReview
        uploadBytesPerSecondMax = object["upload_bytes_per_second_max"]?.integerValue
        uploadBytesPerDayMax =
            object["upload_bytes_per_day_max"]?.integerValue ?? uploadBytesPerDayMax
        erasureURL = object["erasure_url"]?.stringValue
        uploadProxy = object["upload_proxy"]?.stringValue
        uploadCAFile = object.path("upload_ca_file", userHome)
    }

    /// What is wrong with a configuration that a program made by itself: the first key that the
    /// file could not hold either; nil if there is none. Here nobody resolves a leading `~`.
    package func problem(in catalogue: Catalogue) -> String? {
        let schema = Self.schema(eventTypes: catalogue.events.map(\.name))
        if let problem = schema.problems(in: section).first { return problem.description }
        let paths = ["storage_path": storagePath, "upload_ca_file": uploadCAFile]
        let relative = paths.sorted { $0.key < $1.key }.first { $0.value?.hasPrefix("/") == false }
        return relative.map { key, _ in "telemetry.\(key) must be a path from /" }
    }

    /// The section of a file that says the same; paths are as they are.
    private var section: JSONObject {
        let texts: [(String, String?)] = [
            ("storage_path", storagePath), ("upload_url", uploadURL), ("erasure_url", erasureURL),
            ("upload_proxy", uploadProxy), ("upload_ca_file", uploadCAFile),
            ("compression", compression), ("upload_review", uploadReview.rawValue),
        ]
        let numbers: [(String, Int64)] = [
            ("collection_interval", Int64(collectionInterval)),
            ("storage_retention_days", Int64(storageRetentionDays)),
            ("storage_bytes_max", storageBytesMax),
            ("max_events_per_batch", Int64(maxEventsPerBatch)),
            ("upload_bytes_per_day_max", uploadBytesPerDayMax),
        ]
        var section = JSONObject(texts.map { ($0, .optional($1)) })
        for (key, number) in numbers { section[key] = .integer(number) }
        section["upload_bytes_per_second_max"] = uploadBytesPerSecondMax.map { .integer($0) }
        section["allowed_event_types"] = allowedEventTypes.map { types in
            .array(types.map { .string($0) })
        }
        return section
    }
}

extension JSONObject {
    fileprivate func int(_ name: String) -> Int? { self[name]?.integerValue.map(Int.init) }

    /// A path without what says nothing: `//`, `/./` and a slash at its end.
    fileprivate func path(_ name: String, _ userHome: String) -> String? {
        self[name]?.stringValue.map { text in
            let path = text.hasPrefix("~/") ? userHome + text.dropFirst() : text
            let parts = path.split(separator: "/").filter { $0 != "." }
            return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
        }
    }
}
