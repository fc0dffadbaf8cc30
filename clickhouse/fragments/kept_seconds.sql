-- {kept_seconds}: how far what is kept of the present may lie behind; a job that works is a second behind. Beyond that pages
-- compute their numbers themselves. Not at once: a machine that is slow for a moment would become slower by it.
20
