-- {source_group of}: the source group of `of`, which has a source; {sources_of of} has to be joined.
multiIf(sources.said_group != '', sources.said_group, {of}.source = '', {walk_in}, {of}.source)
