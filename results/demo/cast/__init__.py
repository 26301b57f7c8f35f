"""The cast: one invented candidate for each situation that the portal must handle."""

from results.demo.cast.accountancy import DSCG
from results.demo.cast.baccalaureats import BAC, SEPTEMBER
from results.demo.cast.brevet import DNB
from results.demo.cast.bts_admitted import BTS_ADMITTED
from results.demo.cast.bts_not_admitted import BTS_NOT_ADMITTED
from results.demo.cast.bts_other_years import BTS_2025, UPCOMING
from results.demo.cast.vocational import VOCATIONAL

CAST = (
    *BTS_ADMITTED,
    *BTS_NOT_ADMITTED,
    *BTS_2025,
    *BAC,
    *SEPTEMBER,
    *VOCATIONAL,
    *UPCOMING,
    *DNB,
    *DSCG,
)
