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

    /// Columns: day, service, name, installations, count, and for installations by their shortest
    /// duration, by their longest, and for all durations, buckets and their counts. Of a family of
    /// figures those of most installations, and one more than `DayFigures.familyMax` of them.
    var sql: String {
        """
        SELECT one_day, service, name, count() AS installations, sum(share) AS shown,
            tupleElement(sumMap(arraySlice(keys, 1, 1), arrayMap(k -> toUInt64(1),
                arraySlice(keys, 1, 1))) AS quickest, 1), tupleElement(quickest, 2),
            tupleElement(sumMap(arraySlice(keys, -1, 1), arrayMap(k -> toUInt64(1),
                arraySlice(keys, -1, 1))) AS slowest, 1), tupleElement(slowest, 2),
            tupleElement(sumMap(keys, admitted) AS durations, 1), tupleElement(durations, 2)
        FROM (\(shares))
        GROUP BY one_day, service, family, name
        ORDER BY installations DESC, name
        LIMIT \(DayFigures.familyMax + 1) BY one_day, service, family
        """
    }

    /// What each installation adds to a figure: what divides an event is cut with it, in proportion
    /// (`EventShares`).
    private var shares: String {
        let limit = "toUInt64(\(DayFigures.contributionsMax))"
        return """
            SELECT one_day, service, family, name, keys, share, arraySum(told) AS total,
                arrayMap(n -> toUInt64(floor(toFloat64(n) / total * \(limit))), told) AS parts,
                if(total <= \(limit), told, arrayMap(
                    (n, place) -> n + (place <= \(limit) - arraySum(parts)),
                    parts, arrayEnumerate(parts))) AS admitted
            FROM (\(perEvent))
            ARRAY JOIN families AS family, names AS name, all_shares AS share, all_keys AS keys,
                all_told AS told
            """
    }

    /// The figures of one installation that belong to one event, as arrays in the order of names.
    /// What a lambda needs is handed to it: 18.16 finds no column that is named in one alone.
    private var perEvent: String {
        let limit = "toUInt64(\(DayFigures.contributionsMax))"
        return """
            SELECT one_day, service, arraySort(g_names) AS names,
                arraySort((x, by) -> by, g_families, g_names) AS families,
                arraySort((x, by) -> by, g_amounts, g_names) AS amounts,
                arraySort((x, by) -> by, g_keys, g_names) AS all_keys,
                arraySort((x, by) -> by, g_told, g_names) AS all_told,
                arrayMap((a, up, whole) -> if(whole <= \(limit), least(a, \(limit)),
                    least(\(limit), toUInt64(intDiv(up * \(limit), greatest(whole, \(limit)))
                        - intDiv((up - a) * \(limit), greatest(whole, \(limit)))))),
                    amounts, arrayCumSum(amounts), replicate(of_event, amounts)) AS all_shares
            FROM (
                SELECT one_day, service, groupArray(name) AS g_names,
                    sumIf(amount, name = concat('\(CounterGroup.event)/', event)) AS of_event,
                    groupArray(family) AS g_families, groupArray(amount) AS g_amounts,
                    groupArray(tupleElement(sums, 1)) AS g_keys,
                    groupArray(tupleElement(sums, 2)) AS g_told
                FROM (\(perInstallation))
                GROUP BY one_day, service, installation, event)
            """
    }

    private var perInstallation: String {
        """
        SELECT one_day, service, installation, name, splitByChar('/', name) AS words,
            \(Self.event) AS event, \(Self.family) AS family, sum(one_count) AS amount,
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

    /// The event of a figure, empty for none: what `Counter.event` is.
    private static var event: String {
        let groups = CounterGroup.allCases.compactMap { group in
            group.event.map { "words[1] = '\(group)', '\($0)'" }
        }
        return "multiIf(words[1] IN ('\(CounterGroup.event)', '\(CounterGroup.property)'), "
            + "words[2], \(groups.joined(separator: ", ")), '')"
    }

    /// The family of a figure: what `Counter.family` is.
    private static var family: String {
        "if(words[1] = '\(CounterGroup.property)', "
            + "arrayStringConcat(arraySlice(words, 1, 3), '/'), words[1])"
    }
}
