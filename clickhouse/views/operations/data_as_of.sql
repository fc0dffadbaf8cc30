-- When the newest event that was queryable at a moment became so; null before the first one. Kept by the minute
-- (event_minutes). Of the log only the minute of the moment is asked for, where that minute went on after it; all of it
-- only for moments in the first minute that is kept, or before it.
CREATE OR REPLACE VIEW data_as_of AS
SELECT maxOrNull(newest) AS data_as_of
FROM
(
    SELECT event_minutes.newest AS newest
    FROM event_minutes
    WHERE event_minutes.newest <= {at:DateTime64(3, 'UTC')}
    UNION ALL
    SELECT events.inserted_at AS newest
    FROM events
    WHERE events.inserted_at <= {at:DateTime64(3, 'UTC')}
        AND events.inserted_at >= (
            SELECT multiIf(
                countIf(minute < toStartOfMinute({at:DateTime64(3, 'UTC')})) = 0, toDateTime64(0, 3, 'UTC'),
                countIf(minute = toStartOfMinute({at:DateTime64(3, 'UTC')})
                    AND event_minutes.newest > {at:DateTime64(3, 'UTC')}) > 0,
                toDateTime64(toStartOfMinute({at:DateTime64(3, 'UTC')}), 3, 'UTC'),
                {at:DateTime64(3, 'UTC')} + INTERVAL 1 SECOND)
            FROM event_minutes
        )
);
