"""The portal's settings, with the URLs that serve as references."""

from results_portal.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.urls"
