-- {everybody}: true unless a source or new or returning people are chosen.
$__conditionalAll(1 = 0, $source) AND $__conditionalAll(1 = 0, $people)
