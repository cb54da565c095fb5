// SPDX-License-Identifier: Apache-2.0

/// The layers of the package, lowest first, with what each target may import.
enum Layers {
    struct Layer {
        let target: Substring
        let imports: Set<Substring>
    }

    static let all: [Layer] = [
        Layer(target: "JSON", imports: []),
        Layer(target: "Hashing", imports: ["CSodium"]),
        Layer(target: "Compression", imports: ["CDeflate", "CZstd"]),
        Layer(target: "SQLite", imports: ["CSQLite"]),
        Layer(target: "HTTPServing", imports: ["CMicrohttpd"]),
        Layer(target: "OTLP", imports: ["Hashing", "JSON"]),
        Layer(target: "Modules", imports: ["CSystem", "JSON"]),
        Layer(target: "CommandLineKit", imports: ["JSON", "Modules"]),
        Layer(target: "Catalogue", imports: ["Hashing", "JSON"]),
        Layer(target: "Capture", imports: ["CPcap", "CSample", "CSeccomp", "CSystem", "Modules"]),
        Layer(target: "Detection", imports: []),
        Layer(target: "AlertOutput", imports: ["CSystem", "Modules"]),
        Layer(target: "WatchRecords", imports: ["JSON", "Modules", "SQLite"]),
        Layer(
            target: "Telemetry",
            imports: [
                "Catalogue", "Compression", "CSystem", "Hashing", "JSON", "Modules", "OTLP",
                "SQLite",
            ]),
        Layer(
            target: "TelemetryUpload",
            imports: ["Catalogue", "CCurl", "Hashing", "JSON", "Modules", "OTLP", "Telemetry"]),
        Layer(
            target: "Collector",
            imports: [
                "Catalogue", "CCurl", "Compression", "Hashing", "HTTPServing", "JSON", "Modules",
                "OTLP",
                "SQLite",
            ]),
        Layer(
            target: "TelemetryTesting", imports: ["Catalogue", "JSON", "Modules", "Telemetry"]),
        Layer(
            target: "Dashboard",
            imports: ["Catalogue", "Hashing", "HTTPServing", "JSON", "Modules", "Telemetry"]),
        Layer(
            target: "Program",
            imports: ["Catalogue", "CommandLineKit", "JSON", "Modules", "Telemetry"]),
        Layer(
            target: "arpguard",
            imports: [
                "Catalogue", "CommandLineKit", "JSON", "Modules", "Program", "Telemetry",
                "WatchRecords",
            ]),
        Layer(
            target: "arpguard-watch",
            imports: [
                "AlertOutput", "Capture", "Catalogue", "CommandLineKit", "Detection", "JSON",
                "Modules", "Program", "Telemetry", "WatchRecords",
            ]),
        Layer(
            target: "arpguard-upload",
            imports: [
                "CommandLineKit", "JSON", "Modules", "Program", "Telemetry", "TelemetryUpload",
                "WatchRecords",
            ]),
        Layer(
            target: "arpguard-dashboard",
            imports: [
                "CommandLineKit", "Dashboard", "HTTPServing", "JSON", "Modules", "Program",
                "Telemetry", "WatchRecords",
            ]),
        Layer(
            target: "arpguard-collector",
            imports: [
                "Catalogue", "Collector", "CommandLineKit", "HTTPServing", "JSON", "Modules",
                "Program",
            ]),
    ]

    /// The system's own modules; `Detection` takes not even these.
    static let system: Set<Substring> = ["Dispatch", "Glibc", "Synchronization"]

    /// C code: libraries of the system, each with one owner, and our own few system calls.
    static let libraries: Set<Substring> = [
        "CCurl", "CDeflate", "CMicrohttpd", "CPcap", "CSeccomp", "CSodium", "CSQLite", "CZstd",
    ]
    /// Targets that share a library.
    static let owners: [Substring: Set<Substring>] = ["CCurl": ["Collector", "TelemetryUpload"]]
    static let cTargets = libraries.union(["CSystem", "CSample"])

    static func layer(of file: TextFile) -> Layer? {
        guard file.isSource else { return nil }
        return all.first { $0.target == file.components[1] }
    }
}
