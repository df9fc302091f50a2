"""What the measures of a release count: from its pseudonymous rows to populations and codes."""
