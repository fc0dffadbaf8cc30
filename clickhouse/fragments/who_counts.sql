-- {who_counts columns}: the people that count (docs/contract.md 4), as rows of persons: each number is one of these. An AND
-- may follow.
WITH (SELECT groupArray(domain_id) FROM excluded_domains FINAL WHERE excluded) AS excluded_ids
SELECT {columns}
FROM persons FINAL
WHERE {is_person}
    -- Where no domain is excluded this is a constant: domain_ids is not even read.
    AND (empty(excluded_ids) OR NOT hasAny(domain_ids, excluded_ids))
