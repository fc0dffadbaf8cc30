SELECT
    line.1 AS step,
    line.2 AS people,
    multiIf(line.3 IN ('before', 'registered'), '', line.2 IS NULL OR NOT begun, NULL, multiIf(
        registrations = 0, NULL,
        registrations < 30, printf('%.1f %% (n=%d)', 100 * line.2 / registrations, assumeNotNull(registrations)),
        line.5 IS NULL OR NOT ended OR doubtful,
            concat(printf('%.1f %%', 100 * line.2 / registrations), if(doubtful, ' ?', '')),
        printf('%.1f %% %s', 100 * line.2 / registrations,
            multiIf(line.2 < line.5 * registrations, '▼', line.2 > line.6 * registrations, '▲', '=')))) AS of_registered,
    multiIf(line.3 = 'before', '', line.4 IS NULL, NULL, line.3 = 'registered', printf('%.0f', assumeNotNull(line.4)),
        printf('%.1f %%', 100 * assumeNotNull(line.4))) AS usual,
    multiIf(line.3 != 'stayed', '', line.2 IS NULL OR came = 0, NULL, if(
        came < 30, printf('%.1f %% (n=%d)', 100 * line.2 / came, assumeNotNull(came)),
        printf('%.1f %%', 100 * line.2 / came))) AS of_came
FROM
(
    SELECT
        shown.registrations AS registrations,
        shown.registered_visits AS came,
        shown.begun AS begun,
        shown.completeness IN ('final', 'being_completed') AS ended,
        NOT shown.totals_only AND shown.doubtful
            OR shown.webinar_id IN (SELECT webinar_id FROM rejected_rows) AS doubtful,
        arrayJoin(arrayFilter(step -> step.3 != 'before' OR step.2 IS NOT NULL, [
            ('Invited', shown.invited, 'before', NULL, NULL, NULL),
            ('Page views', shown.page_views, 'before', NULL, NULL, NULL),
            ('Registered', shown.registrations, 'registered', usual.registrations, NULL, NULL),
            ('Came', shown.registered_visits, 'came', usual.conversion, usual.conversion_low, usual.conversion_high),
            ('Stayed 5 min', shown.registered_visits_5m, 'stayed',
                usual.conversion_5m, usual.conversion_5m_low, usual.conversion_5m_high),
            ('Stayed 30 min', shown.registered_visits_30m, 'stayed',
                usual.conversion_30m, usual.conversion_30m_low, usual.conversion_30m_high),
            ('Watched 90 %', shown.registered_visits_full, 'stayed',
                usual.conversion_full, usual.conversion_full_low, usual.conversion_full_high)
        ]::Array(Tuple(String, Nullable(UInt64), String, Nullable(Float64), Nullable(Float64), Nullable(Float64))))) AS line
    FROM funnel(at = {range_or_now}) AS shown
    LEFT JOIN usual ON usual.webinar_id = shown.webinar_id
    WHERE shown.webinar_id = {chosen webinar}
)
