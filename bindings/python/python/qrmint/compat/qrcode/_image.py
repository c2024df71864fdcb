"""An image of a code: what `make_image` returns."""

from io import BytesIO
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any, Protocol, cast

from qrmint import QRCode as Code
from qrmint._files import write_path
from qrmint.types import Color

if TYPE_CHECKING:
    from PIL import Image


class _Writer(Protocol):
    def write(self, data: bytes, /) -> object: ...


class QRImage:
    """Writes PNG and SVG by itself, everything else by Pillow.

    Attributes that are not its own are those of the Pillow image.
    """

    def __init__(self, code: Code, box_size: int, border: int, dark: Color, light: Color | None) -> None:
        self.width = code.size
        """The modules per side, without border."""
        self.box_size = box_size
        self.border = border
        self.pixel_size = (code.size + 2 * border) * box_size
        self._code = code
        self._dark = dark
        self._light = light
        self._image: "Image.Image | None" = None
        # Colours and sizes are checked now, not when the image is saved.
        self._png = code.png(box_size, border, dark=dark, light=light, unsafe_colors=True)

    def save(
        self, stream: str | PathLike[str] | _Writer, format: str | None = None, kind: str | None = None, **options: Any
    ) -> None:
        """Writes the image to a file or a file object: a PNG unless `format` or `kind` names another format.

        Formats other than PNG and SVG need Pillow, and so do the `options` of its `save`.
        """
        name = (format or kind or "PNG").upper()
        if name == "SVG":
            if options:
                raise TypeError(f"not an option of SVG: {', '.join(options)}")
            svg = self._code.svg(
                self.box_size, self.border, dark=self._dark, light=self._light, xmldecl=True, unsafe_colors=True
            )
            _write(stream, svg.encode())
        elif name == "PNG" and not options and self._image is None:
            _write(stream, self._png)
        else:
            self.get_image().save(cast(Any, stream), format=name, **options)

    def get_image(self) -> "Image.Image":
        """Returns the image as one of Pillow, always the same: what is drawn on it, `save` writes.

        Raises ImportError if Pillow is not installed.
        """
        if self._image is None:
            try:
                from PIL import Image
            except ImportError as error:
                raise ImportError("Pillow is not installed") from error
            image = Image.open(BytesIO(self._png))
            # What is drawn later may have any colour, so there is no palette. Black on white stays at one bit per pixel.
            mode = image.mode if image.mode == "1" else "RGBA" if "transparency" in image.info else "RGB"
            self._image = image.convert(mode)
        return self._image

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "_image":
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        try:
            image = self.get_image()
        except ImportError as error:
            raise AttributeError(f"{name} is an attribute of Pillow's images: {error}") from error
        return getattr(image, name)


def _write(stream: str | PathLike[str] | _Writer, data: bytes) -> None:
    if isinstance(stream, (str, PathLike)):
        write_path(fspath(stream), data)
    else:
        stream.write(data)
