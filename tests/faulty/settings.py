"""Settings of the portal with some pages that fail, for tests of how a server answers then."""

from tests.settings import *

ROOT_URLCONF = "tests.faulty.urls"
