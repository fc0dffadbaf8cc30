"""The server for the services' webhooks: it checks and maps each one, and makes it safe before it answers."""
