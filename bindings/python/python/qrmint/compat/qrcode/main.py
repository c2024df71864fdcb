"""The code and what it is made of."""

import sys
from typing import Literal, Protocol

from qrmint import QRCode as Code
from qrmint import make as make_code
from qrmint.types import Color

from ._image import QRImage
from .constants import ERROR_CORRECT_H, ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q

_LEVELS: dict[int, Literal["L", "M", "Q", "H"]] = {
    ERROR_CORRECT_L: "L",
    ERROR_CORRECT_M: "M",
    ERROR_CORRECT_Q: "Q",
    ERROR_CORRECT_H: "H",
}


class _Terminal(Protocol):
    def write(self, text: str, /) -> object: ...
    def flush(self) -> object: ...
    def isatty(self) -> bool: ...


def make(
    data: object,
    *,
    version: int | None = None,
    error_correction: int = ERROR_CORRECT_M,
    box_size: int = 10,
    border: int = 4,
    image_factory: None = None,
    mask_pattern: int | None = None,
) -> QRImage:
    """Makes the image of a code.

    >>> make("hello").save("hello.png")
    """
    qr = QRCode(version, error_correction, box_size, border, image_factory, mask_pattern)
    qr.add_data(data)
    return qr.make_image()


class QRCode:
    """Collects data, makes a code of it, and draws it.

    >>> qr = QRCode(border=2)
    >>> qr.add_data("hello")
    >>> qr.make_image(fill_color="navy").save("hello.png")
    """

    def __init__(
        self,
        version: int | None = None,
        error_correction: int = ERROR_CORRECT_M,
        box_size: int = 10,
        border: int = 4,
        image_factory: None = None,
        mask_pattern: int | None = None,
    ) -> None:
        _check_image_factory(image_factory)
        self._version: int | None = None
        self.version = version
        self.error_correction = int(error_correction)
        self.box_size = _checked_box_size(box_size)
        self.border = int(border)
        if self.border < 0:
            raise ValueError(f"border is {border}, must be 0 or more")
        self._mask_pattern: int | None = None
        self.mask_pattern = mask_pattern
        self.clear()

    @property
    def version(self) -> int:
        """The version: the one asked for, or the smallest that the data fits."""
        if self._version is None:
            self._version = self._fit(None).version
        return self._version

    @version.setter
    def version(self, value: int | None) -> None:
        if value is not None and not 1 <= int(value) <= 40:
            raise ValueError(f"version is {value}, must be 1 to 40")
        self._version = None if value is None else int(value)

    @property
    def mask_pattern(self) -> int | None:
        """The mask, 0 to 7; None for the one with the lowest penalty score."""
        return self._mask_pattern

    @mask_pattern.setter
    def mask_pattern(self, pattern: int | None) -> None:
        if pattern is not None:
            if not isinstance(pattern, int):
                raise TypeError(f"mask pattern is of type {type(pattern).__name__}, must be int")
            if not 0 <= pattern <= 7:
                raise ValueError(f"mask pattern is {pattern}, must be 0 to 7")
        self._mask_pattern = pattern

    def clear(self) -> None:
        """Forgets the data."""
        self._data = bytearray()
        self._code: Code | None = None

    def add_data(self, data: object, optimize: int = 20) -> None:
        """Appends bytes as they are, anything else that has a text in UTF-8.

        `optimize` has no effect: data is always split into modes in the way that takes the fewest bits.
        """
        if isinstance(data, (bytes, bytearray)):
            self._data += data
        elif isinstance(data, (str, int, float)) or type(data).__str__ is not object.__str__:
            self._data += str(data).encode()
        else:
            raise TypeError(f"data is of type {type(data).__name__}, which has no text")
        self._code = None

    def make(self, fit: bool = True) -> None:
        """Makes the code. With `fit`, the version grows if the data needs it.

        Raises DataOverflowError if the data does not fit.
        """
        self._code = self._fit(self._version) if fit or self._version is None else self._encode(self._version)
        self._version = self._code.version

    def make_image(
        self, image_factory: None = None, *, fill_color: Color = "black", back_color: Color = "white"
    ) -> QRImage:
        """Draws the code. `back_color` may be "transparent"."""
        _check_image_factory(image_factory)
        light = _color(back_color)
        box_size = _checked_box_size(self.box_size)
        return QRImage(self._made(), box_size, self.border, _color(fill_color), None if light == "transparent" else light)

    def print_ascii(self, out: _Terminal | None = None, tty: bool = False, invert: bool = False) -> None:
        """Writes the code in half blocks, by default to standard output.

        Dark modules are drawn; with `invert`, light ones. `tty` sets white on black and inverts; `out` must then be a
        terminal.
        """
        out = sys.stdout if out is None else out
        if tty and not out.isatty():
            raise OSError("not a terminal")
        invert = invert or tty
        blocks = "\u2588\u2584\u2580\xa0" if invert else "\xa0\u2580\u2584\u2588"
        rows = self.get_matrix()
        # The row below the last one of an odd number looks like the terminal, unless there is no border to end.
        below = [invert and self.border > 0] * len(rows)
        for top, bottom in zip(rows[::2], [*rows[1::2], below]):
            line = "".join(blocks[upper + 2 * lower] for upper, lower in zip(top, bottom))
            if tty:
                background = "" if bottom is below else "\x1b[48;5;232m"
                line = f"{background}\x1b[38;5;255m{line}\x1b[0m"
            out.write(f"{line}\n")
        out.flush()

    def get_matrix(self) -> list[list[bool]]:
        """Returns the modules, row by row, with border; True is dark."""
        quiet = [False] * self.border
        rows = [quiet + row + quiet for row in self.modules]
        width = len(rows) + 2 * self.border

        def quiet_rows() -> list[list[bool]]:
            return [[False] * width for _ in quiet]

        return quiet_rows() + rows + quiet_rows()

    @property
    def modules(self) -> list[list[bool]]:
        """The modules, row by row, without border; True is dark."""
        code = self._made()
        modules = [module == 1 for module in code.matrix.tobytes()]
        return [modules[start : start + code.size] for start in range(0, len(modules), code.size)]

    @property
    def modules_count(self) -> int:
        """The modules per side, without border; 0 before the code is made."""
        return 0 if self._code is None else self._code.size

    def _made(self) -> Code:
        if self._code is None:
            self.make()
        assert self._code is not None
        return self._code

    def _fit(self, least: int | None) -> Code:
        code = self._encode(None)
        return code if least is None or code.version >= least else self._encode(least)

    def _encode(self, version: int | None) -> Code:
        level = _LEVELS.get(self.error_correction)
        if level is None:
            raise ValueError(f"error correction is {self.error_correction}, must be one of ERROR_CORRECT_L, M, Q and H")
        return make_code(bytes(self._data), level, version=version, mask=self.mask_pattern)


def _checked_box_size(box_size: int) -> int:
    if int(box_size) <= 0:
        raise ValueError(f"box size is {box_size}, must be 1 or more")
    return int(box_size)


def _check_image_factory(image_factory: object) -> None:
    if image_factory is not None:
        raise TypeError('image factories are not supported; save(..., format="SVG") writes SVG')


def _color(color: Color) -> Color:
    return color.lower() if isinstance(color, str) else color
