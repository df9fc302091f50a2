"""The command line: each command checks its arguments and calls one function of a room."""
