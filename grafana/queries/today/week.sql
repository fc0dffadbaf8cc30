SELECT
    if(webinars_before = 0, {thousands webinars_now},
        concat({thousands webinars_now}, ' (', {thousands webinars_before}, ' before)')) AS webinars,
    {change {whole registered_now},
        concat({signed 100 * (registered_now - registered_before) / registered_before, 0}, ' %'),
        registered_now, nullIf(registered_before, 0), squares} AS registrations,
    shares[{share.conversion}] AS conversion,
    {each longest: shares[{share.conversion{ending}}] AS conversion{ending}},
    shares[{share.conversion_full}] AS conversion_full
FROM
(
    SELECT
        sumIf(webinars, NOT earlier) AS webinars_now,
        sumIf(webinars, earlier) AS webinars_before,
        if(webinars_now = 0, NULL, sumIf(registered, NOT earlier)) AS registered_now,
        sumIf(registered, earlier) AS registered_before,
        -- Of a sum of webinars of any size, of which there may be more or fewer.
        sum(squares_of) AS squares,
        arrayMap(
            (now, before, variance_now, variance_before) -> {change {percent 100 * assumeNotNull(now)},
                {points 100 * (now - before)}, now, before, variance_now + variance_before},
            arrayResize(anyIf(rates, NOT earlier), {share.length}, NULL),
            arrayResize(anyIf(rates, earlier), {share.length}, NULL),
            arrayResize(anyIf(variances, NOT earlier), {share.length}, NULL),
            arrayResize(anyIf(variances, earlier), {share.length}, NULL)
        ) AS shares
    FROM
    (
        SELECT
            earlier,
            count() AS webinars,
            sum(counts[{n.registrations}]) AS registered,
            sum(counts[{n.registrations}] * counts[{n.registrations}]) AS squares_of,
            sumForEach(counts) AS summed,
            {conversions summed} AS rates,
            -- Between webinars, and at least that of so many people.
            arrayMap(
                (rate, of, of_parts, mixed, of_ofs) -> greatest(
                    (of_parts - 2 * rate * mixed + rate * rate * of_ofs) / (of * of)
                        * webinars / greatest(webinars - 1, 1),
                    rate * (1 - rate) / of),
                rates,
                sumForEach(ofs),
                sumForEach(arrayMap(part -> part * part, parts)),
                sumForEach(arrayMap((part, of) -> part * of, parts, ofs)),
                sumForEach(arrayMap(of -> of * of, ofs))
            )::Array(Nullable(Float64)) AS variances
        FROM
        (
            SELECT
                webinar.webinar_id AS webinar_id,
                any({at} + toIntervalMillisecond(toUnixTimestamp64Milli(webinar.local_time) - webinar.begin_ms)) AS local_at,
                any(toDate(webinar.local_time)) AS day,
                day < toDate(local_at) - 7 AS earlier,
                arrayMap(number -> toFloat64(ifNull(number, 0)), sumForEach(webinar.numbers)) AS counts,
                arraySlice(counts, {n.registered_visits}, {share.length}) AS parts,
                arraySlice(counts, {n.registrations_begun}, {share.length}) AS ofs
            FROM {numbers} AS webinar
            WHERE webinar.ended AND {filters}
            GROUP BY webinar.webinar_id
            -- Seven full days and the seven before, on each webinar's own wall clock.
            HAVING day < toDate(local_at) AND day >= toDate(local_at) - 14
        )
        GROUP BY earlier
    )
)
