SELECT
    line.1 AS what,
    line.4[1] AS conversion,
    line.4[2] AS conversion_5m,
    line.4[3] AS conversion_30m,
    line.4[4] AS conversion_full,
    line.2 AS webinars,
    line.3[1] AS registrations,
    line.3[11] AS registered_visits,
    line.3[8] AS walk_ins,
    line.3[10] AS recording_views
FROM
(
    SELECT arrayJoin([
        (
            'together',
            count(),
            sumForEach(of_webinar) AS summed,
            arrayMap(
                (part, of) -> if(of < 30, printf('%.1f %% (n=%d)', 100 * part / of, assumeNotNull(of)),
                    printf('%.1f %%', 100 * part / nullIf(of, 0))),
                arraySlice(summed, 11, 4), arraySlice(summed, 15, 4))
        ),
        (
            'median',
            count(),
            quantileExactForEach(0.5)(of_webinar),
            arrayMap(part -> printf('%.1f %%', 100 * part), quantileExactForEach(0.5)(conversions))
        )
    ]) AS line
    FROM
    (
        SELECT
            sumForEach(webinar.numbers) AS of_webinar,
            -- Of a few people a percentage says little: the middle one is of the others.
            arrayMap((part, of) -> if(of >= 30, part / of, NULL), arraySlice(of_webinar, 11, 4), arraySlice(of_webinar, 15, 4))
                AS conversions
        FROM {numbers} AS webinar
        WHERE $__timeFilter_ms(webinar.starts) AND {filters}
        GROUP BY webinar.webinar_id
    )
)
