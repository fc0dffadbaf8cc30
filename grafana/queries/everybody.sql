$__conditionalAll(1 = 0, $source) AND $__conditionalAll(1 = 0, $people)
