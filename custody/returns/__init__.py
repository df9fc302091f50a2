"""Quarterly returns: drawn up from one release by a template, made safe, checked, and laid out as files."""
