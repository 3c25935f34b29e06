"""What library calls do to rows: tables only."""
