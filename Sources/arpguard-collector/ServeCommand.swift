// SPDX-License-Identifier: Apache-2.0

internal import Collector
internal import CommandLineKit
internal import HTTPServing
internal import JSON
internal import Modules

private let listen = Flag(
    "listen", .string, value: "ADDR:PORT", default: "127.0.0.1:4318",
    help: "Where installations send to; port 0 takes a free one")
private let adminListen = Flag(
    "admin-listen", .string, value: "ADDR:PORT", default: "127.0.0.1:4319",
    help: "Where the insight page is read; port 0 takes a free one")
private let kFlag = Flag(
    "k", .integer(Int64(Insight.kBounds.lowerBound)...Int64(Insight.kBounds.upperBound)),
    default: "10", help: "The fewest installations that a shown figure rests on")

let serveCommand = Command(
    "serve", summary: "Take telemetry and show what it amounts to",
    discussion: [
        "Prints the URLs of intake and insight page when it is ready, and runs until SIGTERM or "
            + "SIGINT; requests in flight are finished then."
    ],
    flags: [listen, adminListen, .store, kFlag, .format, .quiet],
    examples: [
        .init("arpguard-collector serve --listen 127.0.0.1:0", "Take a free port and print it")
    ],
    action: serve)

private func serve(_ invocation: Invocation) throws(CommandFailure) -> ExitStatus {
    let signals = try blockSignals()
    let configuration = CollectorConfiguration(
        intake: try address(listen, default: .loopback(port: 4318), invocation),
        admin: try address(adminListen, default: .loopback(port: 4319), invocation),
        k: invocation.command.integer(kFlag).map { Int($0) } ?? 10)
    let location = try invocation.storeLocation()
    let service = CollectorService(
        configuration: configuration,
        logger: Logger(program: "arpguard-collector", level: .warning)
    ) {
        try location.open()
    }
    try start(service)
    defer { service.shutdown() }
    sayReady(service, invocation.output)
    do {
        _ = try signals.wait()
    } catch {
        throw CommandFailure("can't wait for signals: \(error)")
    }
    return .success
}

private func blockSignals() throws(CommandFailure) -> TerminationSignals {
    do {
        return try TerminationSignals()
    } catch {
        throw CommandFailure("can't take signals: \(error)")
    }
}

private func address(
    _ flag: Flag, default defaultAddress: ListenAddress, _ invocation: Invocation
) throws(CommandFailure) -> ListenAddress {
    guard let text = invocation.command.string(flag) else { return defaultAddress }
    let address: ListenAddress
    do {
        address = try ListenAddress(text)
    } catch {
        throw CommandFailure(
            "--\(flag.name): \(error)", hint: "write 127.0.0.1:4318 or [::1]:4318", status: .usage)
    }
    guard address.isLoopback else {
        throw CommandFailure(
            "--\(flag.name): \(address) is not a loopback address, and TLS is not built in yet",
            hint: "listen on 127.0.0.1 and put a reverse proxy that ends TLS in front")
    }
    return address
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
        throw CommandFailure("can't start: \(error)")
    }
}

private func sayReady(_ service: CollectorService, _ output: Output) {
    guard let intake = service.intakeURL, let insight = service.insightURL else { return }
    output.render(
        Report(
            text: [.line("intake \(intake)"), .line("insight \(insight)")],
            json: .lines([["intake": .string(intake), "insight": .string(insight)]])))
    output.flush()
}
