-- How people wrote the source groups that no rule of the business names: groups fold case, names keep it. Of several forms
-- that of most sources. Only where it is another than the group, and no word that a page or another group has already.
CREATE OR REPLACE VIEW source_names AS
SELECT source_group, argMin(form, (-sources, form)) AS name
FROM
(
    SELECT source_group, trimBoth(JSONExtractString(source, 'utm_source')) AS form, toInt64(count()) AS sources
    FROM sources FINAL
    WHERE NOT sorted AND lowerUTF8(form) = source_group
    GROUP BY source_group, form
)
GROUP BY source_group
HAVING name != source_group
    AND name NOT IN ('Total', 'Other', 'All', {walk_in}, {not_by_source})
    AND name NOT IN (SELECT source_group FROM sources FINAL);
