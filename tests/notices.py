"""A notice of holidays, as the State Council gives it every November."""

from __future__ import annotations

HEAD = "day,kind,name,notice\n"


# Of 2027 nothing is announced yet; these days are made up.
NEXT = HEAD + "2027-01-01,放假,元旦,〔2026〕1 号\n2027-01-03,上班,元旦,〔2026〕1 号\n"
