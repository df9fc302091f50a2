"""The command line: the only code of `disclosure` that opens a file."""
