-- Messages of alerts that had not got through at a moment: which, where to, what becomes of it and why. Of seven days.
CREATE OR REPLACE VIEW undelivered_at AS
SELECT
    fromUnixTimestamp64Milli(said.created_at, 'UTC') AS created,
    said.title AS title,
    delivery.channel AS channel,
    multiIf(
        delivery.outcome = 'unsendable', 'set aside',
        created < {at:DateTime64(3, 'UTC')} - INTERVAL 1 DAY, 'given up',
        'tried again') AS outcome,
    delivery.attempts AS attempts,
    delivery.detail AS detail
FROM
(
    SELECT message_id, channel, outcome, attempts, detail
    FROM alert_deliveries FINAL
    WHERE outcome IN ('failed', 'unsendable')
        AND at <= {at:DateTime64(3, 'UTC')} AND at > {at:DateTime64(3, 'UTC')} - INTERVAL 7 DAY
) AS delivery
INNER JOIN (SELECT message_id, title, created_at FROM alert_messages FINAL) AS said
    ON said.message_id = delivery.message_id;
