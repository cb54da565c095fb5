// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

// As another program's manifest would name it: a repository and a version. Without the variable
// the working copy around this folder is taken.
let arpguard: Package.Dependency =
    if let repository = Context.environment["ARPGUARD_REPOSITORY"] {
        .package(url: repository, from: "0.1.0")
    } else {
        .package(name: "arpguard", path: "../..")
    }

let package = Package(
    name: "network-scanner",
    dependencies: [arpguard],
    targets: [
        .target(
            name: "Scanner",
            dependencies: [.product(name: "Telemetry", package: "arpguard")]),
        .executableTarget(
            name: "network-scanner",
            dependencies: ["Scanner", .product(name: "TelemetryUpload", package: "arpguard")]),
        .testTarget(
            name: "ScannerTests",
            dependencies: [
                "Scanner", .product(name: "TelemetryTesting", package: "arpguard"),
            ]),
    ]
)
