-- The webinars that were counted before, where nothing of what their counts rest on has changed since and the moment
-- lies late enough: one row a webinar (docs/decisions/0011-settled-webinars.md).
CREATE OR REPLACE VIEW settled_at AS
SELECT webinar_id, source, counts, watching
FROM
(
    SELECT webinar_id, source, counts, watching, webinar_version, rules_changed_at, changes_until
    FROM settled_counts FINAL
    WHERE valid_from <= {at_ms}
        AND thresholds = {thresholds}
        -- Those of before a number was added hold fewer.
        AND (empty(counts) OR length(counts[{element.first}]) = {n.before.registrations_begun})
        AND exclusions_version = (SELECT max(version) FROM excluded_domains)
) AS settled
INNER JOIN (SELECT webinar_id, version, rules_changed_at FROM webinar_instants FINAL) AS webinar
    ON webinar.webinar_id = settled.webinar_id
    AND webinar.version = settled.webinar_version
    AND webinar.rules_changed_at = settled.rules_changed_at
INNER JOIN (SELECT webinar_id, max(changed_at) AS changed_at FROM webinar_changes GROUP BY webinar_id) AS changes
    ON changes.webinar_id = settled.webinar_id
WHERE changes.changed_at <= settled.changes_until;
