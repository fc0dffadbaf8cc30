-- Every source group that the numbers may name: those of sources, and the two that no source has.
CREATE OR REPLACE VIEW source_list AS
SELECT source_group, false AS sorted FROM (SELECT arrayJoin([{walk_in}, {not_by_source}]) AS source_group)
UNION ALL
SELECT source_group, sorted FROM sources FINAL WHERE source_group != '';
