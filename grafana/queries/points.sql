-- {points number}: +1.2 pp, a difference of two percentages.
concat(if({number} < 0, '−', '+'), printf('%.1f', assumeNotNull(abs({number}))), ' pp')
