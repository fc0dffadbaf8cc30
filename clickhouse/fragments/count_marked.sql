-- {count_marked number, low, high}: a number of people with a mark behind it where it is known what is typical.
if({low} IS NULL OR {high} IS NULL, toString({number}),
    concat(toString({number}), ' ', {mark {number}, {low}, {high}}))
