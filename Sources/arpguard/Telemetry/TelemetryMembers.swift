// SPDX-License-Identifier: Apache-2.0

import CommandLineKit

/// What the telemetry commands print with `--format json`, besides `status` and `stats`.
extension [Command.Member] {
    static let terms: Self = [
        .init("digest", "SHA-256 of the terms: what --terms takes"),
        .init("catalogue_digest", "SHA-256 of the catalogue of events"),
        .init("properties", "Every event and property that the yes covers"),
        .init("kinds.*.*", "For each property what it may hold"),
        .init("origin", "Where uploads would go; null without a telemetry.upload_url"),
        .init("anonymize_data", "Whether numbers and times are made coarse before they leave"),
        .init(
            "identifier_sent_before",
            "Whether another place than before gets the identifier that was sent before"),
        .init("leaves_behind", "Whether what was recorded before would never be sent"),
        .init("storage_retention_days", "How long events are kept here"),
        .init("agreed", "Whether a yes was recorded: with --confirm it was"),
        .init("blocked_by", "What keeps events from being recorded in spite of the yes"),
    ]

    static let disabled: Self = [
        .init("enabled", "Always false"),
        .init("stored_events", "How many events stay here for you to see, or null if unknown"),
        .init("absent_places", "Folders not there as agreed to: it is done once they are"),
    ]

    static let event: Self = [
        .init("event_type", "The type, as schema lists it"),
        .init("timestamp", "When it happened, in UTC"),
        .init("properties.*", "What was recorded with it"),
    ]

    static let exported: Self = [
        .init("resourceLogs[].**", "In any format: a request a line, as OTLP writes it in JSON")
    ]

    static let preview: Self = [
        .init("resourceLogs[].**", "The request, as OTLP writes it in JSON"),
        .init(
            "sealed",
            "Not there for what would leave next; true for a request that was sealed and can't "
                + "leave now, false for what was not sealed or is invented"),
    ]

    static let review: Self = [
        .init("batch", "The batch's identifier"),
        .init("state", "With --list: sealed, held or released"),
        .init("events", "How many events it has; after a drop, how many are left"),
        .init("dropped", "After a drop: how many events were dropped"),
        .init("bytes", "With --list: the length of the request's body"),
        .init("sha256", "With --list: its SHA-256"),
        .init("url", "With --list: where it goes"),
        .init("types.*", "With --list: how many events of each type"),
        .init("resourceLogs[].**", "With --batch and no action: the request, as OTLP's JSON"),
        .init("done", "With an action: what was done"),
        .init("successor", "After a drop: the batch that holds the rest; null if nothing is left"),
    ]

    static let upload: Self = [
        .init("batches_sent", "How many batches were accepted"),
        .init("events_sent", "How many events they held"),
        .init("bytes_sent", "How many bytes the bodies of those batches had"),
        .init("batches_retried", "How many will be tried again"),
        .init("batches_rejected", "How many were refused for good"),
        .init(
            "batches_cut_off",
            "How many were cut off on their way, since consent or the identifier changed"),
        .init("refusals.*", "How many for each reason"),
        .init(
            "events_rejected", "How many events the collector refused, alone or with their batch"),
        .init("erasures_done", "How many erasures were confirmed"),
        .init("erasures_unsupported", "How many the endpoint does not know how to do"),
        .init("erasures_pending", "How many are still to be asked for"),
        .init("erasures_not_before", "Before when none of those is; null if that is now"),
        .init(
            "ending",
            "Why the round ended: nothing_waits, waits, held, not_due, budget_spent, blocked, "
                + "failed, interrupted, reconfigured, round_limit, erasures_only, apart or busy"),
        .init("events_held", "How many events wait for review"),
        .init("next_attempt", "Before when nothing is tried again; null if that is now"),
        .init("blocked_sending", "Every cause that keeps batches here"),
        .init("blocked_erasing", "Every cause that keeps erasures here"),
        .init("batch", "With --dry-run, for each request with a batch: its identifier"),
        .init("state", "With --dry-run: sealed, released or sending"),
        .init("events", "With --dry-run: how many events it has"),
        .init("method", "With --dry-run: POST, or DELETE for an erasure"),
        .init("url", "With --dry-run: where it goes"),
        .init("proxy", "With --dry-run, of a batch: through which proxy; null for none"),
        .init(
            "headers[].*",
            "With --dry-run: name and value of each header; null for the secret of an erasure"),
        .init("body_bytes", "With --dry-run: the length of the body"),
        .init("sha256", "With --dry-run: its SHA-256"),
        .init("body.resourceLogs[].**", "With --dry-run: the body, as OTLP's JSON"),
    ]

    static let ledger: Self = [
        .init("row", "The number of the row"),
        .init("timestamp", "When it was written, in UTC"),
        .init("kind", "What happened; --type takes the same words"),
        .init("detail.*", "What belongs to it"),
        .init("hash", "SHA-256 of the row and of the hash before it"),
        .init("sound", "With --verify: whether nothing is wrong"),
        .init("missing", "With --verify: whether there is no row, though somebody has decided"),
        .init("rows", "With --verify: how many rows there are"),
        .init("pruned_through", "With --verify: up to which row older ones were pruned"),
        .init("head", "With --verify: the hash of the last row"),
        .init("head_found", "With --head: whether that row is there"),
        .init(
            "begun_anew_at",
            "With --verify: when a deletion or a lost store ended every head of before, or null"),
        .init("problems[].row", "With --verify: a row that is wrong"),
        .init("problems[].problem", "With --verify: what is wrong with it"),
    ]

    static let rotation: Self =
        [
            .init("rotated", "Always true"),
            .init("deleted_batches", "How many batches bore the old identifier"),
            .init("kept_events", "How many events waited, and now stay here for good"),
            .init("begun_events", "How many were on their way, and are sent no further"),
        ] + erasure

    static let deletion: Self =
        [
            .init("deleted_events", "How many events were stored here"),
            .init("storage_bytes", "How much the emptied store still takes"),
            .init("enabled", "Whether events are recorded from now on"),
            .init("ledger_head", "The hash of the new ledger's last row; null where none is"),
            .init("absent_places", "Folders not there as agreed to: it is done once they are"),
        ] + erasure

    private static let erasure: Self = [
        .init("erasure_requested", "Whether the collector is asked to erase what was sent"),
        .init("erasure_impossible", "Whether something was sent that nobody can be asked to erase"),
        .init(
            "erasure_impossible_because",
            "Why: no_place (nobody was named who can be asked), right_lost (the record is lost)"),
        .init("pending_erasures", "How many erasures are still to be confirmed"),
        .init("erasures_error", "Why it is not known what else is to be erased, or null"),
        .init("erasure_lock_errors", "What stands in the place of locks, so that they wait"),
    ]
}
