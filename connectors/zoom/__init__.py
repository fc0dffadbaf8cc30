"""Zoom Webinars: signed webhooks while a webinar runs, and the REST API before and after it (docs/services/zoom.md).

settings    its settings
signature   whether a request is Zoom's (pure)
webhook     a request -> what was mapped, or a refusal (pure)
mapping     a webhook's message -> events (pure)
occurrence  how a webinar is named (pure); names: one name for each occurrence, kept in the state
payload     parts of messages -> parts of events, with people and statement (pure)
oauth       the token of the REST API; client: requests and pages
detail      a webinar in REST (pure); rows: rows of its lists -> events (pure); lists: all lists of one webinar
recordings  who watched them, for a month after the end
poll        one pass over all webinars; reconcile: over one of them; memory: what was stated and read before
connector   what this package offers to the server and the command line
"""
