"""A model, versioned on disk: manifest, schema, integrity, store."""
