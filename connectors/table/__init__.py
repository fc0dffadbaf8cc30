"""Tables of any shape, CSV files and Google Sheets, in the order in which a row passes through the files.

mapping_file   the user's description of a table: which column is which field (pure)
fields         the fields that each kind of table can have (pure)
google         a Google sheet -> rows with line numbers
layout         which row is the header, which column is which (pure)
cells          one cell -> a time, a number, a word (pure)
mapping        rows -> contract events or rejections (pure); people and webinars map one row each (pure)
seen           which rows a poll has already read (pure)
poll           polls sheets, and puts what is new

CSV files and workbooks are read by connectors/toolkit/io/file_rows.py.
"""
