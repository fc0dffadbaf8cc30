"""The documentation: pages of reference written from the code, the site that MkDocs builds, and its server."""
