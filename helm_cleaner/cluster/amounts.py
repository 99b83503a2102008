"""Amounts of resources: quantities in billionths, as the scheduler rounds them and as people write them.

Follows `Quantity` in k8s.io/apimachinery/pkg/api/resource/quantity.go: `Value` and `MilliValue` round up.
"""

from __future__ import annotations

from helm_cleaner import quantities
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from helm_cleaner.cluster.types import Amounts

NANO = 10**9
MOST_MILLI = (
    2**63 - 1
) // 1000  # MaxMilliValue: the largest value that is counted in thousandths; larger ones are counted in units
_UNITS = ((60, "Ei"), (50, "Pi"), (40, "Ti"), (30, "Gi"), (20, "Mi"), (10, "Ki"))
_known: dict[Any, int] = {}


class NotQuantity(ValueError):
    """A value that is not a quantity."""


def parse_amount(value: Any) -> int:
    """A quantity in billionths. value: a string or a number, as in JSON. NotQuantity if it is not a quantity."""
    known = _known.get(value) if isinstance(value, str) else None
    if known is not None:
        return known
    if not isinstance(value, (str, int, float)) or isinstance(value, bool):
        raise NotQuantity(f"{value!r} is not a quantity")
    parsed = quantities.parse(value if isinstance(value, str) else str(value))
    if parsed is None:
        raise NotQuantity(f"{value!r} is not a quantity")
    if isinstance(value, str) and len(_known) < 100_000:
        _known[value] = parsed
    return parsed


def parse_amounts(quantities_of: dict[str, Any] | None) -> Amounts:
    """The amounts of a mapping such as a container's requests."""
    return {name: parse_amount(value) for name, value in quantities_of.items()} if quantities_of else {}


def round_to_units(billionths: int) -> int:
    """Like `Quantity.Value`: units, rounded up."""
    return -(-billionths // NANO)


def round_to_thousandths(billionths: int) -> int:
    """Like `Quantity.MilliValue`: thousandths, rounded up."""
    return -(-billionths // 10**6)


def round_for_scheduler(name: str, billionths: int) -> int:
    """The amount in billionths, rounded as the scheduler does it: cpu to thousandths, everything else to units."""
    return round_to_thousandths(billionths) * 10**6 if name == "cpu" else round_to_units(billionths) * NANO


def format_amount(name: str, billionths: int) -> str:
    """The amount as people write it, such as 500m, 1.5 or 3.9Gi, truncated to three decimal places."""
    if name == "cpu" or not _is_bytes(name):
        if 0 < abs(billionths) < NANO:
            return f"{_decimal(billionths, 10**6)}m"
        return _decimal(billionths, NANO)
    fitting = [(NANO << power, suffix) for power, suffix in _UNITS if abs(billionths) >= NANO << power]
    for unit, suffix in fitting:
        if billionths % unit == 0 and abs(billionths) < 10_000 * unit:  # 2000Mi, not 1.953Gi
            return f"{billionths // unit}{suffix}"
    return _decimal(billionths, fitting[0][0]) + fitting[0][1] if fitting else _decimal(billionths, NANO)


def _is_bytes(name: str) -> bool:
    name = name.removeprefix("requests.").removeprefix("limits.")
    return name in ("memory", "ephemeral-storage", "storage") or name.startswith("hugepages-")


def _decimal(amount_: int, unit: int) -> str:
    sign, thousandths = "-" if amount_ < 0 else "", abs(amount_) * 1000 // unit
    return f"{sign}{thousandths // 1000}.{thousandths % 1000:03}".rstrip("0").rstrip(".")
