-- {filters}: the condition of all filters; `webinar` is what is filtered.
$__conditionalAll(has({all_chosen region}, webinar.region), $region)
    AND $__conditionalAll(has({all_chosen course}, webinar.course), $course)
    AND $__conditionalAll(has({all_chosen language}, webinar.language), $language)
    AND $__conditionalAll(has({all_chosen format}, webinar.format), $format)
    AND $__conditionalAll(has({all_chosen completeness}, webinar.completeness), $completeness)
    AND $__conditionalAll(has({all_chosen weekday}, toString(webinar.weekday)), $weekday)
    AND $__conditionalAll(has({all_chosen platform}, webinar.platform), $platform)
    AND $__conditionalAll(has({all_chosen source}, webinar.source_group), $source)
