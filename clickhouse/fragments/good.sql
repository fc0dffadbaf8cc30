-- {good status}: whether a registration with this status counts: registered or approved (streams/fold/person.py, STATUS_RANK).
{status} IN (1, 2)
