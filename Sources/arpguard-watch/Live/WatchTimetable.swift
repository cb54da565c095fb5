// SPDX-License-Identifier: Apache-2.0

/// What a watch does now and then, and when it is due next; on a clock that only goes on.
struct WatchTimetable {
    /// Something that is done now and then.
    enum Task: CaseIterable {
        /// The interfaces are looked at: libpcap does not tell of one that was switched off.
        case interfaces
        /// The configuration may forbid telemetry by now.
        case refusal
        /// The state is written down.
        case state
        /// Frames that the kernel dropped are told.
        case drops
        /// The bindings are written down.
        case bindings
        /// An upload may be due.
        case upload
        /// What was watched is told to telemetry.
        case report

        fileprivate var seconds: Int64 {
            switch self {
            case .interfaces, .refusal: 1
            case .state: 5
            case .drops: 10
            case .bindings, .upload: 60
            case .report: 86_400
            }
        }
    }

    private var next: [Task: Int64] = [:]

    init(_ start: Int64) {
        for task in Task.allCases { next[task] = start + task.seconds * 1_000_000_000 }
    }

    /// The tasks that are due, each of which is then due again after its time.
    mutating func due(at now: Int64) -> [Task] {
        let due = Task.allCases.filter { next[$0, default: 0] <= now }
        for task in due { next[task] = now + task.seconds * 1_000_000_000 }
        return due
    }
}
