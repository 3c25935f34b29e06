"""What an AI assistant is told: prompts made from the data and the pipeline themselves."""
