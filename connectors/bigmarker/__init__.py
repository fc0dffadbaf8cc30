"""BigMarker: its REST API polled, its webhooks as a wake-up.

Path of a payload: client -> poll -> conference (the webinar itself) and people (its rows) -> outbox -> topics.
"""
