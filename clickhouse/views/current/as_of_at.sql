-- How the views end that answer at a moment: _now where that is the present and what is kept of it is complete
-- (current_webinars; with a choice of people current_people too), else _at, which compute. Pages ask it before their panels
-- ask, so that the server plans the short text wherever it can (docs/decisions/0039-current-numbers.md).
CREATE OR REPLACE VIEW as_of_at AS
SELECT
    if(
        {is_present}
            AND {kept_until 1} > now64(3) - INTERVAL {kept_seconds} SECOND
            AND ({people:String} NOT IN ('new', 'returning')
                OR {kept_until 2} > now64(3) - INTERVAL {people_kept_seconds} SECOND),
        '_now', '_at') AS as_of;
