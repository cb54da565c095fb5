// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

/// A C library from Debian, seen by Swift through one module map and one shim header.
func systemLibrary(_ name: String, pkgConfig: String, apt: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

let package = Package(
    name: "arpguard",
    products: [
        .library(name: "Telemetry", targets: ["Telemetry", "Catalogue", "Modules"]),
        .library(name: "TelemetryUpload", targets: ["TelemetryUpload"]),
        .library(name: "TelemetryTesting", targets: ["TelemetryTesting"]),
        .executable(name: "arpguard", targets: ["arpguard"]),
        .executable(name: "arpguard-watch", targets: ["arpguard-watch"]),
        .executable(name: "arpguard-dashboard", targets: ["arpguard-dashboard"]),
        .executable(name: "arpguard-upload", targets: ["arpguard-upload"]),
        .executable(name: "arpguard-collector", targets: ["arpguard-collector"]),
    ],
    traits: [
        .default(enabledTraits: ["Upload"]),
        .trait(
            name: "Upload",
            description: "The part that sends. Without it no program links a network library."),
    ],
    targets: [
        // C libraries: each has exactly one Swift target that imports it.
        systemLibrary("CSQLite", pkgConfig: "sqlite3", apt: "libsqlite3-dev"),
        systemLibrary("CPcap", pkgConfig: "libpcap", apt: "libpcap-dev"),
        systemLibrary("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
        systemLibrary("CDeflate", pkgConfig: "libdeflate", apt: "libdeflate-dev"),
        systemLibrary("CZstd", pkgConfig: "libzstd", apt: "libzstd-dev"),
        systemLibrary("CMicrohttpd", pkgConfig: "libmicrohttpd", apt: "libmicrohttpd-dev"),
        systemLibrary("CSodium", pkgConfig: "libsodium", apt: "libsodium-dev"),
        systemLibrary("CSeccomp", pkgConfig: "libseccomp", apt: "libseccomp-dev"),
        .target(name: "CSystem"),
        .target(name: "CSample"),

        // Foundations: no knowledge of telemetry or of ARP.
        .target(name: "JSON"),
        .target(name: "Hashing", dependencies: ["CSodium"]),
        .target(name: "Compression", dependencies: ["CDeflate", "CZstd"]),
        .target(name: "OTLP", dependencies: ["Hashing", "JSON"]),
        .target(name: "Modules", dependencies: ["CSystem", "JSON"]),
        .target(name: "SQLite", dependencies: ["CSQLite"]),
        .target(name: "CommandLineKit", dependencies: ["JSON", "Modules"]),
        .target(name: "HTTPServing", dependencies: ["CMicrohttpd"]),

        // The product.
        .target(name: "Catalogue", dependencies: ["Hashing", "JSON"]),
        .target(
            name: "Capture",
            dependencies: ["CPcap", "CSample", "CSeccomp", "CSystem", "Modules"]),
        .target(name: "Detection"),
        .target(name: "AlertOutput", dependencies: ["CSystem", "Modules"]),
        .target(name: "WatchRecords", dependencies: ["JSON", "Modules", "SQLite"]),
        .target(
            name: "Telemetry",
            dependencies: [
                "Catalogue", "Compression", "CSystem", "Hashing", "JSON", "Modules", "OTLP",
                "SQLite",
            ]),
        .target(
            name: "TelemetryUpload",
            dependencies: [
                "Catalogue", .target(name: "CCurl", condition: .when(traits: ["Upload"])),
                "Hashing",
                "JSON", "Modules", "OTLP", "Telemetry",
            ]),
        .target(
            name: "Collector",
            dependencies: [
                "Catalogue", "CCurl", "Compression", "Hashing", "HTTPServing", "JSON", "Modules",
                "OTLP", "SQLite",
            ]),
        .target(
            name: "TelemetryTesting",
            dependencies: ["Catalogue", "JSON", "Modules", "Telemetry"]),
        .target(
            name: "Dashboard",
            dependencies: ["Catalogue", "Hashing", "HTTPServing", "JSON", "Modules", "Telemetry"]),
        .target(
            name: "Program",
            dependencies: ["Catalogue", "CommandLineKit", "JSON", "Modules", "Telemetry"]),

        // What a person or a timer runs.
        .executableTarget(
            name: "arpguard",
            dependencies: [
                "Catalogue", "CommandLineKit", "JSON", "Modules", "Program", "Telemetry",
                "WatchRecords",
            ]
        ),
        .executableTarget(
            name: "arpguard-watch",
            dependencies: [
                "AlertOutput", "Capture", "CommandLineKit", "Detection", "JSON", "Modules",
                "Program", "Telemetry", "Catalogue", "WatchRecords",
            ]),
        .executableTarget(
            name: "arpguard-upload",
            dependencies: [
                "CommandLineKit", "JSON", "Modules", "Program", "Telemetry", "TelemetryUpload",
                "WatchRecords",
            ]),
        .executableTarget(
            name: "arpguard-dashboard",
            dependencies: [
                "CommandLineKit", "Dashboard", "HTTPServing", "JSON", "Modules", "Program",
                "Telemetry", "WatchRecords",
            ]),
        .executableTarget(
            name: "arpguard-collector",
            dependencies: [
                "Catalogue", "Collector", "CommandLineKit", "HTTPServing", "JSON", "Modules",
                "Program",
            ]
        ),

        // Tests and what only they use.
        .target(
            name: "TestKit", dependencies: ["CSyncWatch", "HTTPServing", "JSON", "Modules"],
            path: "Tests/TestKit"),
        .target(name: "CSyncWatch", path: "Tests/CSyncWatch"),
        .target(
            name: "KillKit", dependencies: ["Catalogue", "Modules", "Telemetry"],
            path: "Tests/KillKit"),
        .executableTarget(
            name: "kill-child", dependencies: ["KillKit", "Modules", "SQLite", "Telemetry"],
            path: "Tests/KillChild"),
        .executableTarget(
            name: "guard-rates", dependencies: ["Catalogue", "TestKit"], path: "Tests/GuardRates"),
        .target(name: "CFaultDisk", dependencies: ["CSQLite"], path: "Tests/CFaultDisk"),
        .target(
            name: "Simulation",
            dependencies: [
                "CFaultDisk", "Catalogue", "Collector", "Compression", "Hashing", "HTTPServing",
                "Modules", "OTLP", "SQLite", "Telemetry", "TelemetryUpload", "TestKit",
            ], path: "Tests/Simulation"),
        .executableTarget(
            name: "simulate", dependencies: ["Simulation"], path: "Tests/Simulate"),
        .executableTarget(
            name: "fuzz",
            dependencies: [
                "Capture", "Catalogue", "Collector", "Compression", "Detection", "HTTPServing",
                "JSON", "Modules", "OTLP", "SQLite", "Simulation", "Telemetry", "TelemetryUpload",
            ], path: "Tests/Fuzz", exclude: ["Corpus"]),
        .testTarget(
            name: "SimulationTests",
            dependencies: ["Collector", "SQLite", "Simulation", "Telemetry", "TestKit", "fuzz"]),
        .executableTarget(
            name: "sandbox-child", dependencies: ["CSystem", "Capture"],
            path: "Tests/SandboxChild"),
        .testTarget(
            name: "AlertOutputTests", dependencies: ["AlertOutput", "Modules", "TestKit"]),
        .testTarget(
            name: "WatchRecordsTests",
            dependencies: ["Modules", "SQLite", "TestKit", "WatchRecords"]),
        .testTarget(name: "JSONTests", dependencies: ["JSON"]),
        .testTarget(name: "HashingTests", dependencies: ["Hashing"]),
        .testTarget(name: "CompressionTests", dependencies: ["Compression"]),
        .testTarget(name: "OTLPTests", dependencies: ["JSON", "Modules", "OTLP", "TestKit"]),
        .testTarget(name: "ModulesTests", dependencies: ["Modules", "TestKit"]),
        .testTarget(name: "SQLiteTests", dependencies: ["SQLite", "TestKit"]),
        .testTarget(
            name: "CommandLineKitTests", dependencies: ["CommandLineKit", "JSON", "TestKit"]),
        .testTarget(name: "HTTPServingTests", dependencies: ["HTTPServing", "TestKit"]),
        .testTarget(name: "CatalogueTests", dependencies: ["Catalogue", "JSON", "TestKit"]),
        .testTarget(name: "CaptureTests", dependencies: ["Capture", "TestKit", "sandbox-child"]),
        .testTarget(
            name: "DetectionTests", dependencies: ["Capture", "Detection", "Modules", "TestKit"]),
        .testTarget(
            name: "TelemetryTests",
            dependencies: [
                "Catalogue", "Compression", "Hashing", "JSON", "Modules", "OTLP", "SQLite",
                "Telemetry", "TelemetryTesting", "TestKit",
            ]),
        .testTarget(
            name: "TelemetryUploadTests",
            dependencies: [
                "Catalogue", "Compression", "Hashing", "JSON", "Modules", "OTLP", "SQLite",
                "Telemetry", "TelemetryUpload", "TestKit", "arpguard-collector", "arpguard-upload",
            ]),
        .testTarget(
            name: "CollectorTests",
            dependencies: [
                "Catalogue", "Collector", "CommandLineKit", "Compression", "Hashing",
                "HTTPServing", "JSON", "Modules", "OTLP", "SQLite", "TestKit",
                "arpguard-collector",
            ]),
        .testTarget(
            name: "ProgramTests",
            dependencies: [
                "Catalogue", "CommandLineKit", "JSON", "Modules", "Program", "SQLite", "Telemetry",
                "TestKit", "WatchRecords", "arpguard",
                "arpguard-collector", "arpguard-dashboard", "arpguard-upload", "arpguard-watch",
            ]),
        .testTarget(
            name: "DashboardTests",
            dependencies: [
                "Catalogue", "Dashboard", "Hashing", "HTTPServing", "JSON", "Modules", "SQLite",
                "Telemetry", "TestKit", "arpguard", "arpguard-dashboard",
            ]),
        .testTarget(name: "TestKitTests", dependencies: ["Modules", "TestKit", "arpguard"]),
        .testTarget(
            name: "WatchTests",
            dependencies: [
                "AlertOutput", "arpguard", "arpguard-collector", "arpguard-upload",
                "arpguard-watch", "Capture", "Catalogue", "CommandLineKit", "Detection", "JSON",
                "Modules", "Program", "SQLite", "Telemetry", "TestKit", "WatchRecords",
            ]),
        .testTarget(
            name: "KillTests",
            dependencies: [
                "Catalogue", "KillKit", "Modules", "Telemetry", "TestKit", "kill-child",
            ]),
        .testTarget(name: "BenchmarkTests", dependencies: ["JSON", "TestKit"]),
        .testTarget(name: "TidyTests"),
    ]
)

/// One set of rules for every Swift target, without exceptions.
for target in package.targets
where target.type != .system && !["CSystem", "CFaultDisk", "CSyncWatch"].contains(target.name) {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .enableUpcomingFeature("InferIsolatedConformances"),
        .strictMemorySafety(),
        .treatAllWarnings(as: .error),
        .treatWarning("DeprecatedDeclaration", as: .warning),
    ]
}
