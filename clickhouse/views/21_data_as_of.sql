-- When the newest event that was queryable at a moment became so; null before the first one. Kept by the minute
-- (event_minutes). The log itself, all of which must be read for it, is asked only where the minutes do not tell: where
-- the moment lies within a minute that went on, or before the first minute that is kept.
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
        AND (
            SELECT countIf(minute <= {at:DateTime64(3, 'UTC')}) = 0
                OR countIf(minute = toStartOfMinute({at:DateTime64(3, 'UTC')})
                    AND event_minutes.newest > {at:DateTime64(3, 'UTC')}) > 0
            FROM event_minutes
        )
);
