"""What a timer does again and again in the database, about all webinars."""
