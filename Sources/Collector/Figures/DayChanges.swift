// SPDX-License-Identifier: Apache-2.0

internal import Modules

/// What one commit changes in the figures of days.
struct DayChanges: Sendable {
    /// One installation's part in a day.
    struct Contribution: Sendable {
        let day: Day
        let service: String
        /// All that the installation had reported of the day before, and has now.
        let before: DayCounters
        fileprivate(set) var after: DayCounters

        /// How many figures it holds in memory.
        var figureCount: Int { before.figures.count + after.figures.count }
    }

    private struct Part: Hashable {
        let day: Day
        let service: String
        let installation: [UInt8]
    }

    /// Figures of all contributions: some 10 MB. What a batch changes takes far more memory than
    /// the batch, since it is all that its installation reported of the day.
    static let figuresMax = 100_000

    /// The days that changed.
    var days: Set<Day> = []
    /// Those of them of which nothing was kept before.
    var begun: Set<Day> = []
    /// How many changes each of them has had.
    var numbers: [Day: Int64] = [:]
    /// What changed, of those days that were held when the commit began, and those that began: one
    /// for each installation, service and day.
    private(set) var contributions: [Contribution] = []
    /// Days that changed more than can be told, so that they have to be summed anew.
    private(set) var untold: Set<Day> = []
    private var places: [Part: Int] = [:]
    private var figureCount = 0

    /// Makes changes of which no contribution is told yet.
    init(days: Set<Day> = [], numbers: [Day: Int64] = [:]) {
        self.days = days
        self.numbers = numbers
    }

    /// Tells what an installation had reported of a day before, and has now. Beyond what memory is
    /// for, all that was told is dropped, and every day that it was of is untold.
    mutating func tell(
        _ day: Day, _ service: String, of installation: [UInt8],
        from before: DayCounters, to after: DayCounters
    ) {
        guard !untold.contains(day) else { return }
        let part = Part(day: day, service: service, installation: installation)
        if let place = places[part] {
            figureCount -= contributions[place].after.figures.count
            contributions[place].after = after
        } else {
            places[part] = contributions.count
            contributions.append(
                Contribution(day: day, service: service, before: before, after: after))
            figureCount += before.figures.count
        }
        figureCount += after.figures.count
        guard figureCount > Self.figuresMax else { return }
        untold.formUnion(contributions.map(\.day))
        (contributions, places, figureCount) = ([], [:], 0)
    }

    /// Has a day summed anew of which a change can't be told.
    mutating func leaveUntold(_ day: Day) { untold.insert(day) }
}
