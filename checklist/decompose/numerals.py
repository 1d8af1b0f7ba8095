"""The worth of a figure, in digits or in words. Pure."""

from __future__ import annotations

from decimal import Decimal

_DIGITS = {character: n for n, character in enumerate("零一二三四五六七八九")} | {"两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}


def value(figure: str) -> int | Decimal | None:
    """Return the worth of 1,800, 0.5, 两千四百 or 百分之三点五 (3.5: the percent is its unit); None where it is masked."""
    figure = figure.removeprefix("百分之")
    if figure[0].isdecimal() and figure[-1].isdecimal():
        figure = figure.replace(",", "")
        return Decimal(figure) if "." in figure else int(figure)
    whole, point, decimals = figure.partition("点")
    if not set(whole) <= _DIGITS.keys() | _TENS.keys() or not set(decimals) <= _DIGITS.keys():
        return None
    return Decimal(f"{_whole(whole)}.{''.join(str(_DIGITS[d]) for d in decimals)}") if point else _whole(whole)


def _whole(words: str) -> int:
    """Return the worth of a whole number in words: 两千四百 is 2400, and so is 两千四, 十二 is 12.

    A last digit alone counts the tens below the unit before it.
    """
    worth, digit, last = 0, 0, 1
    for character in words:
        if character in _TENS:
            last = _TENS[character]
            worth += (digit or 1) * last
            digit = 0
        else:
            digit = _DIGITS[character]
            last = 10 if character == "零" else last
    return worth + digit * (last // 10 if last > 10 else 1)
