// SPDX-License-Identifier: Apache-2.0

import OTLP

extension Sealer {
    /// What stands for the identifier of a batch where none is made.
    static let noBatchID = String(repeating: "0", count: 26)

    /// The batch of today's consent that is the next one to leave as it is; nil where there is
    /// none, or it would be sealed anew before, since the configuration changed. Changes nothing.
    func sealedBefore(in store: Store) throws -> SealedBatch? {
        let isKept = try SealedForm(config).isKept(in: store)
        let next = try unsent(isKept ? Outbox.ready : "'sending'", in: store)
        let batch = try next ?? (isKept ? unsent("'held'", in: store) : nil)
        return batch.flatMap { isSound($0) ? $0 : nil }
    }

    /// The request in which the oldest waiting events of today's consent would leave, were they
    /// sealed now; nil if none wait. Changes nothing: an event that can't be read is left out here,
    /// and counted when it is sealed.
    func draft(from store: Store) throws -> ExportLogsRequest? {
        let state = gate.read().state
        guard state.consent == .given, let record = state.record,
            let installationID = record.installationID
        else { return nil }
        let plans = EventPlans(
            catalogue, Permit(current: gate.terms, agreed: record.terms),
            names: try store.namesByNumber())
        let waiting = try store.unsentRows(epoch: record.epoch, limit: config.maxEventsPerBatch)
            .filter { plans.covers($0.name) }
        var encoder = RecordEncoder(
            plans, batchID: Self.noBatchID, isCoarse: config.anonymizeData, capacity: waiting.count)
        for place in order(of: waiting) { _ = encoder.add(waiting[place]) }
        guard encoder.count > 0 else { return nil }
        let builder = BatchRequest(
            product: product, catalogue: catalogue, installationID: installationID,
            erasureKeyHash: erasureKeyHash(record), losses: try unreportedLosses(store))
        return try ExportLogsRequest(decoding: builder.encoded(encoder))
    }
}
