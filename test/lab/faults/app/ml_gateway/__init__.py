"""An application that breaks when it is told to."""
