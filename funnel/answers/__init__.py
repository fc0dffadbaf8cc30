"""What leaves: the report's answers with their definitions, for programs, exports, assistants and shared pages."""
