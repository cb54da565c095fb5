// SPDX-License-Identifier: Apache-2.0

internal import HTTPServing
internal import Modules
internal import OTLP

extension IntakePolicy {
    /// Decides about a request to `/v1/logs`: decodes it, checks each record, and sorts what is
    /// admitted into batches.
    func decide(_ request: HTTPRequest, on today: Day) -> IntakeDecision {
        do {
            let export = try RequestReader(bodyBytesMax: bodyBytesMax).read(request)
            return try decide(export, on: today)
        } catch {
            return .refuse(error)
        }
    }

    /// Decides about a decoded request.
    func decide(
        _ export: ExportLogsRequest, on today: Day
    ) throws(IntakeRefusal) -> IntakeDecision {
        // Over all groups of the request: a batch that comes in two of them is one batch.
        var drafts: [BatchIdentifier: BatchDraft] = [:]
        var tally = Tally()
        for resourceLogs in export.resourceLogs {
            let records = resourceLogs.scopeLogs.flatMap(\.logRecords)
            let facts = ResourceFacts(resourceLogs.resource)
            guard let service = facts.service, let catalogue = catalogues[service] else {
                tally.add(.service, records.count)
                continue
            }
            guard let installation = facts.installation else {
                tally.add(.installation, records.count)
                continue
            }
            let admission = RecordAdmission(policy: self, catalogue: catalogue, today: today)
            for record in records {
                guard let identifier = RecordAdmission.identifier(of: record) else {
                    tally.add(.identifier)
                    continue
                }
                let draft = BatchDraft(
                    identifier.batch, facts, service: service, installation: installation)
                drafts[identifier.batch, default: draft]
                    .take(record, index: identifier.index, of: installation, by: admission)
                try checkCount(drafts.count)
            }
        }
        let batches = drafts.sorted { $0.key.text < $1.key.text }.map {
            $0.value.finished(by: self, on: today)
        }
        return .admit(batches, tally: tally)
    }

    private func checkCount(_ batches: Int) throws(IntakeRefusal) {
        guard batches > batchesMax else { return }
        throw IntakeRefusal(
            cause: .tooLarge, message: "more than \(batchesMax) batches in one request")
    }
}
