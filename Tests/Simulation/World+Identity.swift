// SPDX-License-Identifier: Apache-2.0

@testable import Collector
import HTTPServing
import Modules
@testable import Telemetry
import TelemetryUpload
import TestKit

extension World {
    /// The installation's identifier, as it stands in the home.
    var identifier: String? {
        let bytes = try? files.read(
            directory.consentRecord, bytesMax: ConsentRecord.bytesMax)
        return bytes.flatMap { consent.record($0) }?.installationID
    }

    /// Gives the installation another identifier.
    func rotate() throws -> Bool {
        guard let old = identifier else {
            do {
                _ = try control().rotateID()
                broke(.identity, "an identifier was changed, and there was none")
            } catch let error as TelemetryError where error.code == .blocked {}
            return false
        }
        let outcome = try control().rotateID()
        model.rotate()
        log.append("  \(outcome)")
        expectGone(old)
        return true
    }

    /// Deletes all data.
    func deleteData() throws -> Bool {
        let old = identifier
        let outcome = try control().deleteData()
        model.delete()
        log.append("  \(outcome)")
        expectNothingLeft()
        if let old { expectGone(old) }
        return outcome.events > 0
    }

    /// An identifier was given up: it stands nowhere but among the erasures that are pending, and
    /// there is a new one only where somebody agreed.
    private func expectGone(_ old: String) {
        let new = identifier
        if new == old { broke(.identity, "\(old) was given up, and stands") }
        if (new != nil) != (model.yes != nil), !isDamaged {
            broke(.identity, "\(new ?? "no identifier"), and a yes: \(model.yes != nil)")
        }
        let kept = [directory.erasures] + directory.damagedErasures
        for path in homeFiles where !kept.contains(path) {
            if disk.file(path)?.holds(old) ?? false {
                broke(.erasure, "\(old) is still in \(path)")
            }
        }
    }

    /// After a deletion: no byte of what was recorded is left.
    private func expectNothingLeft() {
        let marks = [Ground.mark] + Ground.personal
        for path in homeFiles {
            for mark in marks where disk.file(path)?.holds(mark) ?? false {
                broke(.erasure, "\(mark) is still in \(path)")
            }
        }
    }

    /// Whatever happened: a place to which something was sent is asked to erase it, or was.
    func auditIdentity() throws {
        if identifiers.see(identifier) { log.append("  identifier: \(identifiers.current ?? "-")") }
        guard !isDamaged else { return }
        let list = ErasureList(directory: directory, files: files, userID: 0)
        let pending = try list.all().map { (id: $0.installationID, url: $0.url) }
        if let problem = identifiers.problem(with: pending, isEnding: try isChangePending) {
            violations.append(problem)
        }
    }

    /// Whether a deletion or a change of identifier was cut short, so that the next command
    /// finishes it.
    var isChangePending: Bool {
        get throws {
            try [directory.deletionIntent, directory.rotationIntent].contains {
                try files.status(of: $0) != nil
            }
        }
    }

    /// Somebody who knows an identifier, but not its secret, asks the collector to erase it.
    func forgeErasure() throws -> Bool {
        let known = Set(observer.taken.values.map(\.installation)).sorted()
        guard !known.isEmpty else { return false }
        let id = draw.one(of: known)
        let field = HTTPHeaders.Field(name: "Authorization", value: "Bearer \(draw.word())")
        let answer = try intake().respond(
            to: HTTPRequest(
                .delete, "/v1/installations/\(id)", headers: HTTPHeaders([field]), body: []))
        if answer.status != .noContent { broke(.erasure, "a wrong secret shows: \(answer.status)") }
        try auditCollector()
        return true
    }
}
