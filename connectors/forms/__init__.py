"""Which webinar a form's registration is for: the business's rules (rules, parse) and the directory of webinars."""
