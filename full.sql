
        SELECT one_day, service, name, count() AS installations, sum(share) AS shown,
            tupleElement(sumMap(arraySlice(keys, 1, 1), arrayMap(k -> toUInt64(1),
                arraySlice(keys, 1, 1))) AS quickest, 1), tupleElement(quickest, 2),
            tupleElement(sumMap(arraySlice(keys, -1, 1), arrayMap(k -> toUInt64(1),
                arraySlice(keys, -1, 1))) AS slowest, 1), tupleElement(slowest, 2),
            tupleElement(sumMap(keys, admitted) AS durations, 1), tupleElement(durations, 2)
        FROM (
            SELECT one_day, service, family, name, keys, share, arraySum(told) AS total,
                arrayMap(n -> toUInt64(floor(toFloat64(n) / total * toUInt64(1000))), told) AS parts,
                if(total <= toUInt64(1000), told, arrayMap(
                    (n, place) -> n + (place <= toUInt64(1000) - arraySum(parts)),
                    parts, arrayEnumerate(parts))) AS admitted
            FROM (
            SELECT one_day, service, arraySort(g_names) AS names,
                arraySort((x, by) -> by, g_families, g_names) AS families,
                arraySort((x, by) -> by, g_amounts, g_names) AS amounts,
                arraySort((x, by) -> by, g_keys, g_names) AS all_keys,
                arraySort((x, by) -> by, g_told, g_names) AS all_told,
                arrayMap((a, up, whole) -> if(whole <= toUInt64(1000), least(a, toUInt64(1000)),
                    least(toUInt64(1000), toUInt64(intDiv(up * toUInt64(1000), greatest(whole, toUInt64(1000)))
                        - intDiv((up - a) * toUInt64(1000), greatest(whole, toUInt64(1000)))))),
                    amounts, arrayCumSum(amounts), replicate(of_event, amounts)) AS all_shares
            FROM (
                SELECT one_day, service, groupArray(name) AS g_names,
                    sumIf(amount, name = concat('event/', event)) AS of_event,
                    groupArray(family) AS g_families, groupArray(amount) AS g_amounts,
                    groupArray(tupleElement(sums, 1)) AS g_keys,
                    groupArray(tupleElement(sums, 2)) AS g_told
                FROM (
        SELECT one_day, service, installation, name, splitByChar('/', name) AS words,
            multiIf(words[1] IN ('event', 'property'), words[2], words[1] = 'feature', 'feature_usage', words[1] = 'run', 'detection_run', words[1] = 'alert', 'alert_generated', words[1] = 'error', 'error', '') AS event, if(words[1] = 'property', arrayStringConcat(arraySlice(words, 1, 3), '/'), words[1]) AS family, sum(one_count) AS amount,
            sumMap(buckets, bucket_counts) AS sums
        FROM t.batch FINAL
        ARRAY JOIN figure_day AS one_day, figure_name AS name, figure_count AS one_count,
            figure_buckets AS buckets, figure_bucket_counts AS bucket_counts
        WHERE until >= toDate('2026-01-01') AND service != ''
            AND 1
            AND installation NOT IN (SELECT installation FROM t.tombstone)
        GROUP BY one_day, service, installation, name
        )
                GROUP BY one_day, service, installation, event)
            )
            ARRAY JOIN families AS family, names AS name, all_shares AS share, all_keys AS keys,
                all_told AS told
            )
        GROUP BY one_day, service, family, name
        ORDER BY installations DESC, name
        LIMIT 1001 BY one_day, service, family
        