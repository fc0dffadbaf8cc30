-- {stands status}: whether a registration stands. One that was withdrawn never was, at any moment.
{status} != 5
