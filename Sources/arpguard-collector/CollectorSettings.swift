// SPDX-License-Identifier: Apache-2.0

internal import Collector
internal import HTTPServing
internal import JSON
internal import Modules

/// The configuration file of a collector: one JSON object whose keys are declared here.
enum CollectorSettings {
    static let fileBytesMax = 64 << 10

    private static let defaults = CollectorConfiguration()

    static let schema = SettingsSchema(
        section: "",
        [
            text("listen", "where installations send to, ADDR:PORT", "127.0.0.1:4318"),
            text("admin_listen", "where the insight page is read, ADDR:PORT", "127.0.0.1:4319"),
            text("store", "the store, as --store", StoreLocation.standard),
            text("tls_certificate", "PEM file of the certificate and what leads to its root", nil),
            text("tls_key", "PEM file of its private key", nil),
            text("admin_token_file", "file whose first line opens the admin listener", nil),
            .bool(
                "behind_proxy", default: false,
                meaning: "a proxy ends TLS, and its X-Forwarded-For is believed"),
            .list(
                "catalogues", form: "a list of files",
                meaning: "catalogues of host programs, as --catalogue",
                admits: { $0.stringValue?.isEmpty == false }),
            number("k", Insight.kBounds, defaults.k, "the fewest installations of a shown figure"),
            number("insight_days", 1...Insight.daysMax, defaults.insightDays, "days of a page"),
            number(
                "open_days", 1...366, defaults.retention.openDays,
                "days for which a day's batches are taken, recognised and can be erased"),
            number(
                "totals_days", 1...36_500, defaults.retention.totalsDays,
                "days for which the totals of folded days are kept"),
            number(
                "body_bytes_max", 1 << 10...64 << 20, defaults.policy.bodyBytesMax,
                "bytes of a request, before and after decompression"),
            number(
                "json_bytes_max", 1 << 10...16 << 20, defaults.policy.jsonBytesMax,
                "bytes of a request in JSON"),
            number(
                "bytes_in_flight_max", 1 << 20...1 << 34, defaults.bytesInFlightMax,
                "bytes of all requests together"),
            number(
                "connections_max", 1...100_000, defaults.intakeLimits.connectionsMax,
                "connections of the intake"),
            number(
                "request_seconds_max", 1...3600, defaults.intakeLimits.requestSecondsMax,
                "seconds until a connection's next request is complete"),
            number(
                "new_per_network_max", 1...65_534, defaults.newPerNetworkMax,
                "installations that one network brings anew each day"),
            number(
                "bytes_per_installation_max", 1 << 16...(1 << 32) - 1,
                defaults.bytesPerInstallationMax,
                "bytes that one installation can have stored each day"),
            number(
                "erasures_per_minute_max", 1...1_000_000, defaults.erasuresPerMinuteMax,
                "requests for erasure taken each minute"),
        ])

    private static func text(_ key: String, _ meaning: String, _ value: String?) -> Setting {
        Setting(
            key, form: value == nil ? "a text, or null" : "a text",
            default: value.map { .string($0) } ?? .null, meaning: meaning,
            admits: { value == nil && $0 == .null || $0.stringValue?.isEmpty == false })
    }

    private static func number(
        _ key: String, _ bounds: ClosedRange<Int>, _ value: Int, _ meaning: String
    ) -> Setting {
        .integer(
            key, Int64(bounds.lowerBound)...Int64(bounds.upperBound),
            default: .integer(Int64(value)),
            meaning: meaning)
    }
}
