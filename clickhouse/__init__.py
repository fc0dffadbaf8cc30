"""The store: migrations, views, the client, and the embedded server for one machine."""
