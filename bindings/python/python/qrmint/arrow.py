from ._qrmint import arrow as _arrow

Array = _arrow.Array
info = _arrow.info
png = _arrow.png
svg = _arrow.svg

__all__ = ["Array", "info", "png", "svg"]
