"""The server that services send their webhooks to: checked, mapped, and safe before it answers."""
