SELECT
    toDateTime(toMonday(toDate32({at})), 'UTC') AS time,
    toDateTime(toMonday(toDate32({at})) + 7, 'UTC') AS timeEnd,
    'This week is not over' AS title,
    '' AS text
