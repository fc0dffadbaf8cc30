-- {points number}: +1.2 pp, a difference of two percentages.
concat({signed {number}, 1}, ' pp')
