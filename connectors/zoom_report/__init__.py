"""Zoom's attendee report, one CSV file with several tables, in the order in which a row meets the files.

layout    which table a row belongs to, which column is which (pure)
cells     one cell -> a time, a number, a status (pure)
mapping   rows -> contract events or rejections (pure)
"""
