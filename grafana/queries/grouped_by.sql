-- {grouped_by}: what is chosen to be compared, of `webinar`.
multiIf(
                {chosen by} = 'region', webinar.region,
                {chosen by} = 'course', webinar.course,
                {chosen by} = 'language', webinar.language,
                {chosen by} = 'platform', webinar.platform,
                {chosen by} = 'source', webinar.source_group,
                webinar.format)
