"""What follows from the facts: one search a family of rules, without any words."""
