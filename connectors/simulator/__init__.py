"""A realistic simulated day of webinars, for the demo, tests and benchmarks. Same seed, same day.

scenario    what may be chosen
webinars    the day's webinars, and the statements about them (pure)
registering who registers when and from where (pure)
attending   who comes, stays, drops out and returns (pure)
services    the same as Zoom's webhooks and a form's posts (pure)
broken      dead letters, one of every kind (pure)
day         puts all of it in the order of delivery, with repeats and delays (pure)
present     the days around now: webinars that are over, live and upcoming (pure)
play        publishes a day as its clock advances
zoom_csv    Zoom attendee reports about invented people (pure)
"""
