"""What decides whether a request may pass."""
