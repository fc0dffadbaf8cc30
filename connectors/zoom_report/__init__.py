"""Zoom's attendee and registration reports, each a CSV file with several tables. In the order of reading:

kinds     which of Zoom's reports a file is; others are refused by name (pure)
layout    which table a row belongs to, which column is which (pure)
cells     one cell -> a time, a number, a status (pure)
table     a row under its header (pure)
about     the table about the webinar -> statement and totals (pure)
people    a row about a person -> registration and stay (pure)
mapping   rows -> contract events or rejections (pure)
"""
