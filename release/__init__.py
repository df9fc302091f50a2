"""What all sides must agree on about a release: where it lies, what it holds, how it is opened."""
