// SPDX-License-Identifier: Apache-2.0

import CommandLineKit

extension StatusView {
    /// What `telemetry status` prints for programs.
    static let members: [Command.Member] = [
        .init("enabled", "Whether events are recorded now"),
        .init("blocked_by", "Every cause that keeps them from being recorded"),
        .init("blocked_sending", "Every cause that keeps them from being sent"),
        .init("withheld_properties", "What would be recorded, but was not agreed to yet"),
        .init(
            "terms_changes",
            "How what is configured goes further than the yes that stands: for each `term` of it "
                + "what was `agreed` and what is so `now`; those of `properties` are null"),
        .init("installation_id", "The random identifier, or null before a yes"),
        .init("upload_url", "Where uploads go, or null for nowhere"),
        .init(
            "erasure_url",
            "Below which what is sent from now on can be asked to be erased, or null for nowhere"),
        .init(
            "next_upload",
            "When the next is due, or null if none is, as where all that waits is held"),
        .init(
            "upload_hold",
            "Why no upload begins by itself: contested (the watch saw that the gateway is) or "
                + "unknown (it does not say), or null"),
        .init(
            "upload_lock_error",
            "What stands in the place of a lock of uploads, so that not all leaves, or null"),
        .init(
            "batches_not_before",
            "Before when no upload sends batches, since the server asked for patience, or null"),
        .init(
            "budget_spent",
            "Whether today's bytes are used up: what waits goes another day; null with store_error"
        ),
        .init(
            "erasures_first",
            "Whether an upload that is typed now asks for erasures, and batches go with another; "
                + "null with store_error"),
        .init("events.recorded", "Events in the store; null, as all of events.*, with store_error"),
        .init("events.waiting", "Of those, the ones that may still be sent"),
        .init("events.held", "Of the waiting ones, those that a person has to release"),
        .init(
            "events.uploaded",
            "Events that the collector accepted since the last delete-data, erased ones included"),
        .init("events.kept_here", "Events in the store that can't be sent, or not again"),
        .init(
            "events.cut_off",
            "Events whose sending had begun when their yes ended; they may have arrived"),
        .init("unanswered.events", "Events whose sending was tried, not answered: they go again"),
        .init("unanswered.since", "When the first of them were tried first"),
        .init("unanswered.elsewhere", "Where they go, if not to upload_url; else null"),
        .init("unanswered.not_before", "Before when they don't go again by themselves, or null"),
        .init("unanswered.reason", "What the last attempt met, or null if its end is not known"),
        .init("lost.*", "How many events were lost for this reason"),
        .init(
            "pending_erasures", "Erasures of all folders that no collector has confirmed, or null"),
        .init(
            "erasures_not_before",
            "Before when no upload asks for them, since servers asked for patience, or null"),
        .init(
            "erasures_due",
            "Before when no upload that nobody types asks for them, or null"),
        .init("pending_erasure_origins", "The servers that are asked for them"),
        .init("blocked_erasing", "Every cause that keeps pending ones from being asked for"),
        .init("unsupported_erasure_origins", "The servers that were asked and do not erase"),
        .init("erasures_error", "Why that number is unknown, or null"),
        .init("erasure_lock_errors", "What stands in the place of locks, so that they wait"),
        .init(
            "decision_lock_errors",
            "What stands in the place of locks, so that nothing is decided or deleted"),
        .init(
            "recorders[].pid",
            "A program that records into this home now; recorders is null where that is not known"),
        .init("recorders[].blocked_by", "What keeps it from that, or null if it can't be read"),
        .init("storage_bytes", "The space that the data takes on the disk, or null"),
        .init("storage_path", "The folder of the data"),
        .init("store_error", "Why the figures of the store are unknown, or null"),
        .init("home", "The folder of configuration and data"),
        .init("owner", "The number of the user who owns it"),
        .init(
            "other_places[].path",
            "A folder of this home with telemetry, not the configured one or not there"),
        .init(
            "other_places[].enabled",
            "Whether the yes that was said for it stands, or null where that is not known"),
        .init("other_places[].recorded", "Events in it, or null where that can't be read"),
        .init("other_places[].recorders", "The programs that record there now"),
        .init("other_places[].error", "Why what is in it can't be read, or null"),
        .init(
            "other_places[].pending_erasures",
            "Of the pending erasures those that lie there; null where that can't be read"),
        .init("other_places[].erasures_error", "What is wrong with those requests, or null"),
        .init("other_homes[].pid", "A program of ours that runs with another home"),
        .init("other_homes[].home", "That home; null where it can't be seen"),
        .init(
            "configuration_error",
            "What is wrong with the configuration or the folder that it names, or null"),
    ]
}
