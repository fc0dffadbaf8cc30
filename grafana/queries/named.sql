-- {named}: whether the title of `webinar` has what is searched for, in small letters or capitals; all have nothing.
positionCaseInsensitiveUTF8(webinar.title, {chosen search}) > 0
