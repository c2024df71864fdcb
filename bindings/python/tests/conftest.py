"""Settings of all tests."""

from hypothesis import settings

# The same examples in every run, and no files.
settings.register_profile("same", derandomize=True, database=None, deadline=None)
settings.load_profile("same")
