"""A realistic day of webinars that never took place: for the demo, tests and measurements. Same seed, same day.

scenario    what may be chosen
webinars    which webinars the day has, and the statements about them (pure)
registering who registers when and from where (pure)
attending   who comes, stays, drops out and returns (pure)
services    what Zoom's webhooks and a form's posts say of it (pure)
broken      records that are dead letters, one of every kind (pure)
day         puts all of it in the order of delivery, with repeats and delays (pure)
present     the days around now: over, on, and still to come (pure)
play        publishes a day as its clock advances
zoom_csv    Zoom attendee reports about invented people (pure)
"""
