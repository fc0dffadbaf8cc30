-- {source_name group}: a source group as people wrote it. The group itself is what filters and links hold.
transform({group}, (SELECT groupArray(source_group) FROM source_names), (SELECT groupArray(name) FROM source_names), {group})
