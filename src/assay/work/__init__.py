"""The registry of parts, the sandbox, the executors, and resume after any death."""
