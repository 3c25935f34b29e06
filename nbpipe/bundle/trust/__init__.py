"""What is checked before a model is believed: files, signature, code, versions, predictions."""
