"""BigMarker: its REST API polled, its webhooks as a wake-up.

Way of a payload: client -> poll -> conference (what is said of the webinar) and people (its rows) -> outbox -> topics.
"""
