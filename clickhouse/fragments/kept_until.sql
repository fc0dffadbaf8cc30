-- {kept_until id}: until when all that changed is kept of now, in current_webinars (1) or current_people (2); 1970: never.
(SELECT max(turn.made_at) FROM current_turns AS turn WHERE turn.id = {id} AND turn.thresholds = {thresholds})
