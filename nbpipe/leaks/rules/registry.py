"""Every rule, in the order in which they are explained."""

from __future__ import annotations

from nbpipe.leaks.rules.nb1 import EARLY
from nbpipe.leaks.rules.nb2 import SIDES
from nbpipe.leaks.rules.nb3 import OFTEN
from nbpipe.leaks.rules.rule import Rule

RULES: tuple[type[Rule], ...] = (*EARLY, *SIDES, *OFTEN)
