SELECT as_of
FROM as_of_at(at = {at}, people = {chosen people})
