SELECT as_of
FROM as_of_at(at = {range_or_now}, people = '')
