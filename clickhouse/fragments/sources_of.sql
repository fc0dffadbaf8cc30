-- {sources_of of}: joins the groups that sources are sorted into, for {source_group of}.
LEFT JOIN (SELECT source, source_group AS said_group FROM sources FINAL) AS sources ON sources.source = {of}.source
