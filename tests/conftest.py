"""What every test runs under."""

from hypothesis import settings

# No deadline: what a shared machine takes for one example says nothing about the code.
settings.register_profile("nbpipe", deadline=None)
settings.load_profile("nbpipe")
