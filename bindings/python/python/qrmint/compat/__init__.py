"""Stands in for the packages `qrcode` and `segno`: their calls, this engine."""
