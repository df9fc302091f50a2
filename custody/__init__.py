"""The pseudonymous side: the only holder, beside the pipelines, of the protected file's key."""
