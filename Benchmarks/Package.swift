// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

let package = Package(
    name: "benchmarks",
    dependencies: [.package(name: "arpguard", path: "..")],
    targets: [
        // What was measured beside its floor, and how all benchmarks print it.
        .target(name: "Figures"),
        // Counts of allocations and system calls, and the floors, as little as can be in C.
        .target(
            name: "CBenchmark",
            linkerSettings: [.linkedLibrary("sqlite3"), .linkedLibrary("deflate")]),
        // A load generator and the floor of a durable intake, as little as can be in C.
        .target(name: "CIngest"),
        .executableTarget(
            name: "ingest-bench", dependencies: ["CBenchmark", "CIngest", "Figures"]),
        .executableTarget(
            name: "telemetry-bench",
            dependencies: [
                "CBenchmark", "Figures", .product(name: "Telemetry", package: "arpguard"),
                .product(name: "TelemetryUpload", package: "arpguard"),
            ]),
        // Captures made for the purpose, libpcap's empty loop, and runs of programs.
        .target(name: "CReplay", linkerSettings: [.linkedLibrary("pcap")]),
        .executableTarget(name: "replay-bench", dependencies: ["CReplay", "Figures"]),
        // A sender of frames, and libpcap's empty loop on an interface.
        .target(name: "CLive", linkerSettings: [.linkedLibrary("pcap")]),
        .executableTarget(name: "live-bench", dependencies: ["CLive", "Figures"]),
    ]
)

/// The rules of the whole project.
for target in package.targets where !target.name.hasPrefix("C") {
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
