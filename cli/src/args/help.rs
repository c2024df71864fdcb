//! The texts below the options in `--help`. No line is wider than 100 columns, since clap does not wrap them.

pub(super) const MAIN: &str = "\
Examples:
  qrmint encode https://example.com                shows a code on the terminal
  qrmint encode https://example.com -o code.png    writes a PNG
  qrmint batch contents.jsonl -o codes.jsonl       makes a code for each line

See `qrmint encode --help` and `qrmint batch --help` for their options.
The exit code is 0 on success, 1 on failure and 2 if the command line is wrong.";

pub(super) fn encode() -> String {
    [ENCODE, PICTURE, TEXT, ENCODE_EXAMPLES].concat()
}

pub(super) fn batch() -> String {
    [BATCH, PICTURE, TEXT, BATCH_EXAMPLES].concat()
}

const ENCODE: &str = "\
Content that begins with a hyphen:
  An argument that begins with one hyphen and has more than two characters is content, for example
  -hello or -15. Therefore write -s 4 and not -s4. After -- every argument is content.

The format, without --format:
  The extension of the output decides: .png, .svg, .pdf, .eps, .zpl, .txt or .json. Others are an
  error. Without an extension it is PNG. Without a file it is text on a terminal, PNG in a pipe.

Formats, and what each has besides the quiet zone; an option for anything else is an error:
  png, svg            colours, size, title and description
  pdf                 opaque colours, size, title and description
  eps                 opaque colours, size and title, which is cut after some 240 characters
  zpl                 size: a graphic field for label printers
  text                colours, if ANSI escape sequences are on
  json                as png: one line with version, level, content and image
  data-uri            as png, or as svg if the extension of the output is .svg
  svg-data-uri        as svg
  In JSON, rawContent has the bytes that the symbol carries: those of the content, unless
  --text=latin1 converts them.

Text for terminals:
  --color=auto sets the colours on a terminal, unless NO_COLOR is set, TERM is dumb or --invert is
  given. Without colours, light modules are drawn, which suits a dark screen; --invert draws the
  dark ones, for paper and light screens. If the terminal is too narrow, nothing is shown.
";

const BATCH: &str = "\
A line of the input:
  {\"rawContent\": \"<base64>\", \"errorCorrectionLevel\": \"l\"}
  Without errorCorrectionLevel, the level is that of --level.

A line of the output, in the order of the input:
  {\"version\":1,\"errorCorrectionLevel\":\"l\",\"rawContent\":\"<base64>\",\"binaryValue\":\"<base64>\"}
  binaryValue is a PNG, or an SVG with --format svg.
  A line that fails is answered by an error, and the other lines are not affected:
  {\"error\":{\"code\":\"<word>\",\"message\":\"<text>\",\"line\":<number>}}
  rawContent has the bytes that the symbol carries: those of the input, unless --text=latin1
  converts them.
  At the end, standard error tells the size on paper of the largest symbol, and warnings about it.
";

const PICTURE: &str = "
Sizes:
  A module is a whole number of pixels or dots. --module-size takes the nearest number, --pixels
  and --side take the largest that fits, and the quiet zone takes what is left over. With --dpi,
  --scale and --pixels have a size on paper too.

Colours:
  A contrast below 3:1 and light modules on dark ones are refused, unless --unsafe-colors allows
  them. There is a warning for a contrast below 6:1, for transparency, for a quiet zone of less
  than 4 modules and for printed modules of less than 4 dots.
";

const TEXT: &str = "
Text as content:
  Without --text, content is bytes, and many readers guess the meaning of bytes that are not ASCII.
  With --text, the content must be UTF-8. Text that is not ASCII is encoded in one of three ways:
  --text, --text=utf8-eci    UTF-8, announced to readers by ECI 26
  --text=utf8                UTF-8 without an announcement, for readers that do not know ECI
  --text=latin1              ISO 8859-1 without an announcement; other characters are an error
";

const ENCODE_EXAMPLES: &str = "
Examples:
  qrmint encode https://example.com                          shows the code on the terminal
  qrmint encode https://example.com -o code.svg              writes an SVG
  qrmint encode -i vcard.vcf -l high -s 4 -o code.png        reads the content from a file
  qrmint encode --text 'José Müller' -o code.png             announces UTF-8
  printf %s \"$content\" | qrmint encode > code.png            reads the content from a pipe
  qrmint encode -o code.png -- --draft                       encodes --draft
  qrmint encode badge-4711 --side 2in --dpi 600 -o code.png  prints 2 inches wide at 600 dpi
  qrmint encode badge-4711 --module-size 0.5mm -o code.pdf   prints modules of 0.508 mm at 300 dpi
  qrmint encode badge-4711 --module-size 0.5mm --dpi 203 -o code.zpl      for a label printer
  qrmint encode badge-4711 --dark '#003366' --transparent --title 'Badge 4711' -o code.svg";

const BATCH_EXAMPLES: &str = "
Examples:
  qrmint batch contents.jsonl -o codes.jsonl
  qrmint batch -l high -s 4 < contents.jsonl > codes.jsonl
  qrmint batch --format svg --side 30mm --dark '#003366' contents.jsonl -o codes.jsonl";
