-- {kept_until}: until when all that changed is in current_webinars; 1970: its job never worked.
(SELECT max(turn.made_at) FROM current_turns AS turn WHERE turn.thresholds = {thresholds})
