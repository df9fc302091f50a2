"""One file, one page: it asks evidence/ questions and draws the answers. No SQL, no files, no counting."""
