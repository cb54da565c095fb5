// SPDX-License-Identifier: Apache-2.0

import Telemetry
import TelemetryUpload
import TestKit
import Testing

/// `docs/upload.md` says what the code does.
struct UploadPageTests {
    private let page: String

    init() throws { page = try RepositoryRoot.read("docs/upload.md") }

    @Test func `the page's limits are those of the code`() {
        let limits = UploadLimits()
        let backoff = Backoff()
        let rows: [(String, String)] = [
            ("batches of one round", "\(UploadRound.batchesMax)"),
            (
                "requests for erasure of one round",
                "\(Outbox.erasuresMax) of each folder, "
                    + "\(seconds(UploadRound.erasuresTimeMax)) together"
            ),
            ("name lookup, connection and TLS", seconds(limits.connectTimeout)),
            ("one transfer", "\(seconds(limits.wholeTimeout)), and what the bandwidth limit costs"),
            ("response, headers included", "\(limits.responseBytesMax) bytes"),
            ("first wait after a failure", "up to \(seconds(backoff.base))"),
            ("longest own wait", seconds(backoff.cap)),
            ("longest wait that a server may ask for", seconds(RetryAfter.delayMax)),
            (
                "characters of a server's message that are kept",
                "\(ResponseVerdict.warningCharactersMax)"
            ),
        ]
        let table = rows.map { "| \($0.0) | \($0.1) |\n" }.joined()
        #expect(page.contains("| limit | value |\n|---|---|\n\(table)\n"))
    }

    @Test func `the page's checks are the tests of the suite`() throws {
        let suite = try RepositoryRoot.read("Tests/TelemetryUploadTests/ExporterChecks.swift")
        let tests = suite.split(separator: "`check ").dropFirst().map { $0.prefix { $0 != "`" } }
        let rows = page.split(separator: "\n").filter { line in
            let number = line.dropFirst(2).prefix { $0 != " " }
            return line.hasPrefix("| ") && number.first?.isNumber == true && number.count <= 2
        }
        let named = rows.map { row in
            row.split(separator: "|").map { cell in
                String(cell.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
            }
        }.map { $0.joined(separator: ": ") }
        #expect(named == tests.map(String.init))
        #expect(Set(named.compactMap { $0.split(separator: ":").first }).count == 14)
    }

    private func seconds(_ duration: Duration) -> String {
        "\(Int(duration / .seconds(1))) seconds"
    }
}
