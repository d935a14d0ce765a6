"""What both roles need."""
