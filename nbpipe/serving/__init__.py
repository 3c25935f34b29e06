"""A loaded model at work: batches of files, and requests over HTTP."""
