"""Tables of any shape, CSV files and Google Sheets, in the order in which a row meets the files.

mapping_file   what the user says of a table: which column is which field (pure)
fields         the fields that each kind of table can have (pure)
google         a Google sheet -> rows with line numbers
layout         which row is the header, which column is which (pure)
cells          one cell -> a time, a number, a word (pure)
mapping        rows -> contract events or rejections (pure); people and webinars map one row each (pure)
seen           which rows a poll has already read (pure)
poll           reads sheets again and again, and puts what is new

CSV files are read by connectors/csv_rows.
"""
