"""An application that breaks on command."""
