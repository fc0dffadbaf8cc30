SELECT as_of
FROM as_of_at(at = {shared_at}, people = '')
