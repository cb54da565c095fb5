// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Glibc
import Scanner
import Telemetry
import TelemetryUpload

let product = Product("network-scanner", version: "1.0.0")

/// The collector to send to: who runs one of their own names it in the environment. A yes is for
/// the place that was shown, so another one asks again.
let uploadURL = unsafe getenv("NETWORK_SCANNER_URL").map { unsafe String(cString: $0) }
let config = TelemetryModuleConfig(
    uploadURL: uploadURL ?? "https://telemetry.example.org/v1/logs")

/// Shows what a yes means, and takes an answer: the terms that are agreed to are those shown.
func askForConsent(_ control: TelemetryControl) throws {
    let terms = control.terms
    print("This program would like to record, from now on:")
    for property in terms.properties { print("  \(property)") }
    print("and send it, made coarse, to \(terms.origin ?? "nobody").")
    print("Do you agree? [y/N] ", terminator: "")
    guard readLine() == "y" else { return print("nothing is recorded") }
    try control.enable(terms)
    print("thank you; 'network-scanner stop' takes it back at any time")
}

/// Shows the next upload as it would leave.
func showPreview(_ control: TelemetryControl) throws {
    switch try control.preview() {
    case .sealed(let batch, _):
        print("next to \(batch.url): \(batch.events) events, SHA-256 \(batch.sha256)")
        if let json = batch.json { print(json.serialized(.pretty)) }
    case .blocked(let batch, _, let causes):
        print("stays here (\(causes.map(\.rawValue).joined(separator: ", "))):")
        if let json = batch.json { print(json.serialized(.pretty)) }
    case .unsealed(let json, let causes), .sample(let json, let causes):
        print("nothing would leave (\(causes.map(\.rawValue).joined(separator: ", ")))")
        print(json.serialized(.pretty))
    case .empty:
        print("nothing waits")
    }
}

/// Sends what waits now, and tells what became of it; a program that nobody asks to send runs
/// `.everythingIfDue` from time to time.
func send() throws {
    let uploader = TelemetryUploader(for: product, catalogue: .scanner, config: config)
    guard let summary = try uploader.run() else { return print("another process sends") }
    print("\(summary.eventsSent) events sent")
    switch summary.ending {
    case .nothingWaits: print("nothing more waits")
    case .blocked(let causes):
        print("nothing may leave (\(causes.map(\.rawValue).joined(separator: ", ")))")
    default: print("the rest waits (\(summary.ending.word))")
    }
    for problem in summary.problems { print("\(problem.text); \(problem.hint)") }
    if summary.hasFailed { exit(1) }
}

func scan() throws {
    let telemetry = TelemetryModule(for: product, catalogue: .scanner, config: config)
    telemetry.initialize()
    defer { telemetry.shutdown() }
    let open = try NetworkScanner(telemetry: telemetry).scan(ports: Array(1...1024))
    print("\(open.count) ports of this machine answer")
}

func run(_ command: String?) throws {
    let control = TelemetryControl(for: product, catalogue: .scanner, config: config)
    switch command {
    case "scan": try scan()
    case "consent": try askForConsent(control)
    case "preview": try showPreview(control)
    case "send": try send()
    case "stop": try control.disable()
    // What a collector needs to know to take in these events:
    // `serve --catalogue network-scanner=FILE`.
    case "schema": print(Catalogue.scanner.json.serialized(.pretty))
    default: print("usage: network-scanner scan | consent | preview | send | stop | schema")
    }
}

do {
    try run(CommandLine.arguments.dropFirst().first)
} catch let error as TelemetryError {
    print("network-scanner: \(error); \(error.hint)")
    exit(2)
} catch {
    print("network-scanner: \(error)")
    exit(2)
}
