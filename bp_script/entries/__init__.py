"""What a lesson's file may hold, one module a key: frozen pydantic models, the source of the JSON Schema too."""
