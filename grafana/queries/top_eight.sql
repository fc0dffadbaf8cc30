-- {top_eight}: each week's numbers of the eight sources with the most registrants, and of all others together.
(
        SELECT monday, shown AS source_group, summed AS numbers
        FROM
        (
        SELECT monday, if(place > 8, 'Other', by_source.source_group) AS shown, sumForEach(by_source.numbers) AS summed
        FROM
        (
            SELECT *, dense_rank() OVER (ORDER BY weight DESC, source_group) AS place
            FROM
            (
                SELECT *, sum(numbers[{n.registrations}]) OVER (PARTITION BY source_group) AS weight
                FROM
                (
                    SELECT
                        toMonday(toDate32(webinar.local_time)) AS monday,
                        webinar.source_group AS source_group,
                        sumForEach(webinar.numbers) AS numbers
                    FROM {numbers_of_both} AS webinar
                    WHERE {weeks} AND webinar.completeness = 'final' AND {filters}
                    GROUP BY monday, source_group
                )
            )
        ) AS by_source
        GROUP BY monday, shown
        )
    )
