-- Of the page views those that a service can tell apart (docs/contract.md, "totals").
ALTER TABLE totals ADD COLUMN IF NOT EXISTS page_views_by_source Array(Tuple(String, UInt64))
    COMMENT 'Views of the registration page by source, each a key of the table sources; empty: not told';
