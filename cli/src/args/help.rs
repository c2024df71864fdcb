//! The texts below the options in `--help`. No line is wider than 100 columns, since clap does not wrap them.

pub(super) const MAIN: &str = "\
Examples:
  qrmint encode https://example.com                shows a code on the terminal
  qrmint encode https://example.com -o code.png    writes a PNG
  qrmint batch contents.jsonl -o codes.jsonl       makes a code for each line

See `qrmint encode --help` and `qrmint batch --help` for their options.
The exit code is 0 on success, 1 on failure and 2 if the command line is wrong.";

pub(super) fn encode() -> String {
    [ENCODE, TEXT, ENCODE_EXAMPLES].concat()
}

pub(super) fn batch() -> String {
    [BATCH, TEXT, BATCH_EXAMPLES].concat()
}

const ENCODE: &str = "\
Content that begins with a hyphen:
  An argument that begins with one hyphen and has more than two characters is content, for example
  -hello or -15. Therefore write -s 4 and not -s4. After -- every argument is content.

The format, without --format:
  The extension of the output decides: .svg, .txt or .json. With any other extension it is PNG.
  Without a file it is text on a terminal, and PNG in a pipe.
  In JSON, rawContent has the bytes that the symbol carries: those of the content, unless
  --text=latin1 converts them.
";

const BATCH: &str = "\
A line of the input:
  {\"rawContent\": \"<base64>\", \"errorCorrectionLevel\": \"l\"}
  Without errorCorrectionLevel, the level is that of --level.

A line of the output, in the order of the input:
  {\"version\":1,\"errorCorrectionLevel\":\"l\",\"rawContent\":\"<base64>\",\"binaryValue\":\"<base64 of a PNG>\"}
  A line that fails is answered by an error, and the other lines are not affected:
  {\"error\":{\"code\":\"<word>\",\"message\":\"<text>\",\"line\":<number>}}
  rawContent has the bytes that the symbol carries: those of the input, unless --text=latin1
  converts them.
";

const TEXT: &str = "
Text:
  Without --text, content is bytes, and many readers guess the meaning of bytes that are not ASCII.
  With --text, the content must be UTF-8. Text that is not ASCII is encoded in one of three ways:
  --text, --text=utf8-eci    UTF-8, announced to readers by ECI 26
  --text=utf8                UTF-8 without an announcement, for readers that do not know ECI
  --text=latin1              ISO 8859-1 without an announcement; other characters are an error
";

const ENCODE_EXAMPLES: &str = "
Examples:
  qrmint encode https://example.com                      shows the code on the terminal
  qrmint encode https://example.com -o code.svg          writes an SVG
  qrmint encode -i vcard.vcf -l high -s 4 -o code.png    reads the content from a file
  qrmint encode --text 'José Müller' -o code.png         announces UTF-8
  printf %s \"$content\" | qrmint encode > code.png        reads the content from a pipe
  qrmint encode -o code.png -- --draft                   encodes --draft";

const BATCH_EXAMPLES: &str = "
Examples:
  qrmint batch contents.jsonl -o codes.jsonl
  qrmint batch -l high -s 4 < contents.jsonl > codes.jsonl";
