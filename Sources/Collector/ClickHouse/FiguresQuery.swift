// SPDX-License-Identifier: Apache-2.0

internal import Modules

/// The query that sums the batches of open days: first each installation's, of which a figure takes
/// up to a limit, then all installations'. It does what `DayFigures.add` does.
struct FiguresQuery {
    let schema: ClickHouseSchema
    let days: ClosedRange<Day>
    let folded: [Day]

    init(schema: ClickHouseSchema, days: ClosedRange<Day>, without folded: [Day]) {
        self.schema = schema
        self.days = days
        self.folded = folded
    }

    /// Columns: day, service, name, installations, count, installations with durations, duration
    /// buckets and their counts.
    var sql: String {
        let limit = DayFigures.contributionsMax
        return """
            SELECT one_day, service, name, count() AS installations,
                sum(least(amount, \(limit))) AS shown,
                countIf(total > 0) AS timed,
                tupleElement(sumMap(keys, admitted) AS durations, 1),
                tupleElement(durations, 2)
            FROM (
                SELECT one_day, service, name, amount, tupleElement(sums, 1) AS keys,
                    tupleElement(sums, 2) AS told, arraySum(told) AS total,
                    arrayMap(n -> toUInt64(floor(toFloat64(n) / total * \(limit))), told) AS share,
                    if(total <= \(limit), told, arrayMap(
                        (n, place) -> n + (place <= \(limit) - arraySum(share)),
                        share, arrayEnumerate(share))) AS admitted
                FROM (\(perInstallation)))
            GROUP BY one_day, service, name
            """
    }

    private var perInstallation: String {
        """
        SELECT one_day, service, installation, name, sum(one_count) AS amount,
            sumMap(buckets, bucket_counts) AS sums
        FROM \(schema.table("batch")) FINAL
        ARRAY JOIN figure_day AS one_day, figure_name AS name, figure_count AS one_count,
            figure_buckets AS buckets, figure_bucket_counts AS bucket_counts
        WHERE until >= \(Literal.day(days.lowerBound)) AND service != ''
            AND \(ClickHouseStorage.isIn(days, "one_day", without: folded))
            AND installation NOT IN (SELECT installation FROM \(schema.local("tombstone")))
        GROUP BY one_day, service, installation, name
        """
    }
}
