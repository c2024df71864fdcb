"""Types of arguments and results, for annotations."""

from typing import Literal, TypeAlias, TypedDict

Level: TypeAlias = Literal["l", "m", "q", "h", "L", "M", "Q", "H"]
"""An error-correction level: recovers about 7, 15, 25 or 30 % of damaged codewords."""

Segmentation: TypeAlias = Literal["optimal", "bytes"]
"""How content is split into modes: the fewest bits, or all in byte mode."""

Kind: TypeAlias = Literal["png", "svg", "pdf", "eps", "zpl", "txt"]
"""A format of pictures."""

Color: TypeAlias = str | tuple[int, int, int] | tuple[int, int, int, int]
"""A colour: "#rgb", "#rrggbb", "#rrggbbaa", a name of CSS such as "navy", or numbers from 0 to 255 with or without alpha."""

class Details(TypedDict):
    """Microsoft Graph's qrCodeImageDetails."""

    version: int
    errorCorrectionLevel: Literal["l", "m", "q", "h"]
    binaryValue: bytes
    rawContent: bytes
