// SPDX-License-Identifier: Apache-2.0

internal import Collector
internal import CommandLineKit
internal import HTTPServing
internal import JSON
internal import Modules
internal import Program

let serveCommand = Command(
    "serve", summary: "Take telemetry and show what it amounts to",
    discussion: [
        "Prints the URLs of intake and insight page when it is ready, and runs until SIGTERM, "
            + "SIGINT or SIGHUP; requests in flight are finished then. What it was given, a "
            + "certificate too, is read at the start alone.",
        "An address that other machines reach takes TLS, or a proxy that ends it; the admin "
            + "listener takes TLS and a token there.",
    ],
    flags: Flag.serving + [.format, .quiet],
    examples: [
        .init("arpguard-collector serve --listen 127.0.0.1:0", "Take a free port and print it"),
        .init(
            "arpguard-collector serve --listen 0.0.0.0:4318 --tls-cert cert.pem --tls-key key.pem",
            "Take telemetry from other machines"),
    ],
    json: [
        .init("intake", "The URL that installations send to"),
        .init("insight", "The URL of the insight page"),
    ],
    action: serve)

private func serve(_ invocation: Invocation) throws(CommandFailure) -> ExitStatus {
    let signals = try blockSignals()
    LargeBlocks.giveBack()
    let options = try ServeOptions(invocation)
    let configuration = try options.configuration()
    options.warnOfOpenSecrets(invocation.diagnostics)
    let location = try StoreLocation(options.store)
    let service = CollectorService(
        configuration: configuration,
        logger: Logger(program: "arpguard-collector", level: .warning)
    ) {
        try location.open()
    }
    try start(service)
    defer { service.shutdown() }
    try sayReady(service, invocation.output)
    do {
        _ = try signals.wait()
    } catch {
        throw CommandFailure(signals: error)
    }
    return .success
}

private func blockSignals() throws(CommandFailure) -> TerminationSignals {
    do {
        return try TerminationSignals()
    } catch {
        throw CommandFailure(signals: error)
    }
}

private func start(_ service: CollectorService) throws(CommandFailure) {
    do {
        try service.initialize()
    } catch let error as HTTPServerError {
        let hint =
            error.code == .addressInUse
            ? "end the program that listens there, or choose another port; 0 takes a free one"
            : "choose another address or port with --listen and --admin-listen"
        throw CommandFailure(error.description, hint: hint)
    } catch let error as StorageError {
        throw CommandFailure(error)
    } catch {
        let shortage = (error as? SystemError)?.shortageHint
        throw CommandFailure("can't start: \(error)", hint: shortage ?? "try again")
    }
}

/// Who doesn't learn the addresses can do nothing with the service.
private func sayReady(
    _ service: CollectorService, _ output: Output
) throws(CommandFailure) {
    guard let intake = service.intakeURL, let insight = service.insightURL else { return }
    output.render(
        Report(
            text: [.line("intake \(intake)"), .line("insight \(insight)")],
            json: .lines([["intake": .string(intake), "insight": .string(insight)]])))
    try output.deliverVital()
}
