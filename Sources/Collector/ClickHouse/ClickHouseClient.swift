// SPDX-License-Identifier: Apache-2.0

private import Glibc
private import Synchronization

/// Runs statements on the servers of one store, on the next one when one does not answer.
///
/// Every statement that comes here may run twice: it is not known whether one whose answer was lost
/// has run.
final class ClickHouseClient: Sendable {
    /// Milliseconds that a statement has, with all its repetitions; then its caller is told.
    static let millisecondsMax = 10_000
    /// Milliseconds between two tries of a statement that has to wait for another one.
    private static let pauseMilliseconds: ClosedRange<UInt32> = 2...25
    /// Bytes of a statement; the server's own default is too few for the keys of a large group.
    static let statementBytesMax = 16 << 20

    let address: ClickHouseAddress
    private let preferred = Atomic(0)

    init(_ address: ClickHouseAddress) {
        self.address = address
    }

    /// Runs a statement and returns its answer. With `rows` they are the statement's data, and the
    /// statement is an `INSERT` that names their format.
    @discardableResult
    func run(
        _ sql: String, rows: [UInt8]? = nil, settings: [String: String] = [:]
    ) throws(ClickHouseFailure) -> [UInt8] {
        let deadline = ContinuousClock.now + .milliseconds(Self.millisecondsMax)
        while true {
            do {
                return try attempt(sql, rows, settings, until: deadline)
            } catch {
                guard error.isPassing else { throw error }
                pause()
                guard ContinuousClock.now < deadline else { throw error }
            }
        }
    }

    /// Waits a moment, of a length that differs between collectors that wait for each other.
    func pause() {
        usleep(UInt32.random(in: Self.pauseMilliseconds) * 1000)
    }

    /// Runs a statement on one server alone.
    func run(_ sql: String, on server: Int) throws(ClickHouseFailure) -> [UInt8] {
        let deadline = ContinuousClock.now + .milliseconds(Self.millisecondsMax)
        return try post(sql, nil, [:], to: server, until: deadline)
    }

    /// Asks the servers one after the other, beginning with the one that answered last.
    private func attempt(
        _ sql: String, _ rows: [UInt8]?, _ settings: [String: String],
        until deadline: ContinuousClock.Instant
    ) throws(ClickHouseFailure) -> [UInt8] {
        let (count, first) = (address.servers.count, preferred.load(ordering: .relaxed))
        var failure = ClickHouseFailure.transport("no time is left")
        for offset in 0..<count where ContinuousClock.now < deadline {
            let server = (first + offset) % count
            do {
                let answer = try post(sql, rows, settings, to: server, until: deadline)
                if offset > 0 { preferred.store(server, ordering: .relaxed) }
                return answer
            } catch {
                failure = error
                guard error.isOfOneServer else { throw error }
            }
        }
        throw failure
    }

    private func post(
        _ sql: String, _ rows: [UInt8]?, _ settings: [String: String], to server: Int,
        until deadline: ContinuousClock.Instant
    ) throws(ClickHouseFailure) -> [UInt8] {
        // With it an error while rows are read comes as a status, not in their midst.
        var parameters = ["wait_end_of_query=1"]
        parameters += settings.map { "\($0.key)=\(percentEncoded($0.value))" }
        if rows != nil { parameters.append("query=\(percentEncoded(sql))") }
        var headers = ["Content-Type: application/octet-stream"]
        if let user = address.user {
            headers += [
                "X-ClickHouse-User: \(user)", "X-ClickHouse-Key: \(address.password ?? "")",
            ]
        }
        let left = (deadline - ContinuousClock.now) / .milliseconds(1)
        let answer = try ClickHouseTransfer.post(
            rows ?? Array(sql.utf8),
            to: "\(address.servers[server])/?\(parameters.joined(separator: "&"))",
            headers: headers, milliseconds: max(1, Int(left)))
        guard answer.status == 200 else {
            throw .server(saying: String(decoding: answer.body.prefix(2000), as: UTF8.self))
        }
        return answer.body
    }
}
