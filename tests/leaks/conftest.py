"""The corpus is read by tests, never run: some of its files are called as tests are."""

collect_ignore = ["corpus"]
