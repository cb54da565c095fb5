// SPDX-License-Identifier: Apache-2.0

internal import Catalogue
internal import Collector
internal import CommandLineKit
internal import HTTPServing
internal import JSON
internal import Modules

extension Flag {
    static let config = Flag(
        "config", .path, value: "FILE", help: "Configuration file for whatever flags leave open")
    static let listen = Flag(
        "listen", .string, value: "ADDR:PORT", default: "127.0.0.1:4318",
        help: "Where installations send to; port 0 takes a free one")
    static let adminListen = Flag(
        "admin-listen", .string, value: "ADDR:PORT", default: "127.0.0.1:4319",
        help: "Where the insight page is read; port 0 takes a free one")
    static let tlsCertificate = Flag(
        "tls-cert", .path, value: "FILE", help: "PEM file of the certificate chain to serve with")
    static let tlsKey = Flag(
        "tls-key", .path, value: "FILE", help: "PEM file of the certificate's private key")
    static let behindProxy = Flag(
        "behind-proxy", help: "A proxy ends TLS in front, and its X-Forwarded-For is believed")
    static let adminToken = Flag(
        "admin-token-file", .path, value: "FILE",
        help: "File whose first line is the token that opens the admin listener")
    static let catalogue = Flag(
        "catalogue", .string, value: "SERVICE=FILE", repeatable: true,
        help: "Also collect for a host program, by its service.name and its catalogue as JSON")
    static let k = Flag(
        "k", .integer(Int64(Insight.kBounds.lowerBound)...Int64(Insight.kBounds.upperBound)),
        default: "10", help: "The fewest installations that a shown figure rests on")

    /// Everything that `serve` and `check` read.
    static let serving: [Flag] = [
        .config, .listen, .adminListen, .store, .tlsCertificate, .tlsKey, .behindProxy,
        .adminToken, .catalogue, .k,
    ]
}

/// What a collector is to do, from flags, then the configuration file, then defaults.
struct ServeOptions {
    private let command: ParsedCommand
    private let file: JSONObject

    init(_ invocation: Invocation) throws(CommandFailure) {
        command = invocation.command
        guard let path = invocation.command.string(.config) else {
            file = [:]
            return
        }
        file = try Self.read(path)
    }

    private static func read(_ path: String) throws(CommandFailure) -> JSONObject {
        let bytes = try contents(of: path, bytesMax: CollectorSettings.fileBytesMax)
        let object: JSONObject?
        do {
            object = try JSONValue.parse(bytes: bytes).objectValue
        } catch {
            throw CommandFailure("\(path): \(error)", hint: "write one JSON object")
        }
        guard let object else {
            throw CommandFailure("\(path) holds no JSON object", hint: "write one JSON object")
        }
        let problems = CollectorSettings.schema.problems(in: object)
        guard problems.isEmpty else {
            throw CommandFailure(
                "\(path): \(problems.map(\.description).joined(separator: "; "))",
                hint: "man arpguard-collector lists the keys, and so does docs/collector.md")
        }
        try checkDays(object, path)
        return object
    }

    /// Totals are made of days that are folded: they can't end before those are.
    private static func checkDays(
        _ object: JSONObject, _ path: String
    ) throws(CommandFailure) {
        let standard = RetentionPolicy()
        let open = object["open_days"]?.integerValue ?? Int64(standard.openDays)
        let totals = object["totals_days"]?.integerValue ?? Int64(standard.totalsDays)
        guard totals < open else { return }
        throw CommandFailure(
            "\(path): totals_days is \(totals), and days are open for \(open) (open_days)",
            hint: "raise totals_days, or lower open_days")
    }

    static func contents(
        of path: String, bytesMax: Int
    ) throws(CommandFailure) -> [UInt8] {
        do {
            return try RealFileSystem().read(path, bytesMax: bytesMax)
        } catch {
            throw CommandFailure(
                "can't read \(error)", hint: "check the path, and who may read it")
        }
    }

    // MARK: - Values

    func text(_ flag: Flag, _ key: String) -> String? {
        command.string(flag) ?? file[key]?.stringValue
    }

    private func number(_ key: String, _ value: Int) -> Int {
        file[key]?.integerValue.map { Int($0) } ?? value
    }

    /// What `--store` or the file says.
    var store: String { text(.store, "store") ?? StoreLocation.standard }

    /// The fewest installations of a shown figure.
    var k: Int { command.integer(.k).map { Int($0) } ?? number("k", CollectorConfiguration().k) }

    /// Days of an insight that is asked for without a range.
    var insightDays: Int { number("insight_days", CollectorConfiguration().insightDays) }

    var retention: RetentionPolicy {
        let standard = RetentionPolicy()
        return RetentionPolicy(
            openDays: number("open_days", standard.openDays),
            totalsDays: number("totals_days", standard.totalsDays))
    }

    /// The whole configuration, checked.
    func configuration() throws(CommandFailure) -> CollectorConfiguration {
        let standard = CollectorConfiguration()
        let policy = IntakePolicy(
            catalogues: try catalogues(), daysBackMax: retention.openDays,
            bodyBytesMax: number("body_bytes_max", standard.policy.bodyBytesMax),
            jsonBytesMax: number("json_bytes_max", standard.policy.jsonBytesMax))
        var limits = standard.intakeLimits
        limits.connectionsMax = number("connections_max", limits.connectionsMax)
        limits.requestSecondsMax = number("request_seconds_max", limits.requestSecondsMax)
        var configuration = CollectorConfiguration(
            intake: try address(.listen, "listen", standard.intake),
            admin: try address(.adminListen, "admin_listen", standard.admin),
            k: k, policy: policy,
            retention: retention, intakeLimits: limits,
            insightDays: insightDays,
            newPerNetworkMax: number("new_per_network_max", standard.newPerNetworkMax),
            bytesPerInstallationMax: number(
                "bytes_per_installation_max", standard.bytesPerInstallationMax),
            erasuresPerMinuteMax: number(
                "erasures_per_minute_max", standard.erasuresPerMinuteMax),
            bytesInFlightMax: number("bytes_in_flight_max", standard.bytesInFlightMax))
        configuration.isBehindProxy =
            command.isOn(.behindProxy) || file["behind_proxy"]?.boolValue == true
        configuration.intakeTLS = try identity()
        configuration.adminTLS = configuration.intakeTLS
        configuration.adminToken = try adminToken()
        try checkReach(configuration)
        try checkMemory(configuration)
        return configuration
    }

    /// A request that may be sent, and whose reading takes more than there is, would be refused
    /// whenever it comes.
    private func checkMemory(
        _ configuration: CollectorConfiguration
    ) throws(CommandFailure) {
        let (there, needed) = (configuration.bytesInFlightMax, configuration.bytesInFlightMin)
        guard there < needed else { return }
        throw CommandFailure(
            "bytes_in_flight_max is \(there), and the largest request takes \(needed) while it is "
                + "read",
            hint: "raise bytes_in_flight_max, or lower body_bytes_max or json_bytes_max")
    }

    private func checkReach(_ configuration: CollectorConfiguration) throws(CommandFailure) {
        guard configuration.intake != configuration.admin || configuration.intake.port == 0 else {
            throw CommandFailure(
                "--listen and --admin-listen are both \(configuration.intake)",
                hint: "give one of them another port", status: .usage)
        }
        let hasTLS = configuration.intakeTLS != nil
        guard configuration.intake.isLoopback || hasTLS || configuration.isBehindProxy else {
            throw CommandFailure(
                "--listen: \(configuration.intake) is not a loopback address, and there is no TLS",
                hint: "give --tls-cert and --tls-key, or --behind-proxy if a proxy ends TLS",
                status: .usage)
        }
        guard
            configuration.admin.isLoopback || hasTLS && configuration.adminToken != nil
        else {
            throw CommandFailure(
                "--admin-listen: \(configuration.admin) is not a loopback address, which takes "
                    + "TLS and a token",
                hint: "give --tls-cert, --tls-key and --admin-token-file, or stay on 127.0.0.1",
                status: .usage)
        }
    }

    private func address(
        _ flag: Flag, _ key: String, _ standard: ListenAddress
    ) throws(CommandFailure) -> ListenAddress {
        guard let text = text(flag, key) else { return standard }
        do {
            return try ListenAddress(text)
        } catch {
            throw CommandFailure(
                "--\(flag.name): \(error)", hint: "write 127.0.0.1:4318 or [::1]:4318",
                status: .usage)
        }
    }

    // MARK: - Catalogues

    /// The catalogues by service: ARP Guard's own, and those that were named.
    func catalogues() throws(CommandFailure) -> [String: Catalogue] {
        let listed = file["catalogues"]?.arrayValue?.compactMap(\.stringValue) ?? []
        var catalogues = [IntakePolicy.ownService: Catalogue.standard]
        for entry in listed + command.strings(.catalogue) {
            let (service, catalogue) = try Self.catalogue(entry)
            guard catalogues.count < IntakePolicy.servicesMax else {
                throw CommandFailure(
                    "more than \(IntakePolicy.servicesMax) catalogues",
                    hint: "run a second collector")
            }
            guard (catalogues[service] ?? catalogue).digest == catalogue.digest else {
                throw CommandFailure(
                    "there is another catalogue of \(service) already",
                    hint: "give each program a service.name of its own, and one catalogue",
                    status: .usage)
            }
            catalogues[service] = catalogue
        }
        return catalogues
    }

    private static func catalogue(
        _ entry: String
    ) throws(CommandFailure) -> (service: String, catalogue: Catalogue) {
        let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let path = String(parts.last ?? "")
        guard !path.isEmpty else {
            throw CommandFailure(
                "--catalogue \(entry) names no file", hint: "write --catalogue=SERVICE=FILE",
                status: .usage)
        }
        let bytes = try contents(of: path, bytesMax: CatalogueFile.bytesMax)
        let file: CatalogueFile
        do {
            file = try CatalogueFile(bytes)
        } catch {
            throw CommandFailure(
                "--catalogue \(path): \(error)",
                hint: "have the program print its catalogue as JSON into the file")
        }
        guard let service = parts.count == 2 ? String(parts[0]) : file.service
        else {
            throw CommandFailure(
                "--catalogue \(path) does not say which service it is of",
                hint: "write --catalogue=SERVICE=FILE, with the program's service.name",
                status: .usage)
        }
        guard CatalogueFile.isService(service) else {
            throw CommandFailure(
                "--catalogue \(path) is of a service whose name is no name",
                hint: "give it 1 to \(CatalogueFile.serviceBytesMax) bytes, no control characters",
                status: .usage)
        }
        return (service, file.catalogue)
    }
}
