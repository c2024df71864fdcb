//! QR decoders by other authors, each as a function from an image to the bytes or the text that it reads.

use qrmint_checks::png_modules;

/// An image of a symbol in shades of gray, one byte a pixel.
#[derive(Clone, Debug)]
pub struct GrayImage {
    luma: Vec<u8>,
    side: usize,
    scale: usize,
    quiet_zone: usize,
}

impl GrayImage {
    /// Decodes a PNG of ours with this scale and quiet zone.
    pub fn of(png: &[u8], scale: usize, quiet_zone: usize) -> Self {
        let (dark, side) = png_modules(png, 1, 0);
        let luma = dark.iter().map(|&dark| if dark { 0 } else { 255 }).collect();
        Self { luma, side, scale, quiet_zone }
    }

    /// Returns the image with other shades for dark and light pixels.
    pub fn with_shades(&self, dark: u8, light: u8) -> Self {
        let luma = self.luma.iter().map(|&luma| if luma == 0 { dark } else { light }).collect();
        Self { luma, ..*self }
    }

    /// Makes a dark module light and a light one dark.
    pub fn invert(&mut self, (x, y): (usize, usize)) {
        let pixels = |module: usize| {
            let start = (self.quiet_zone + module) * self.scale;
            start..start + self.scale
        };
        for row in pixels(y) {
            for pixel in &mut self.luma[row * self.side..][pixels(x)] {
                *pixel = !*pixel;
            }
        }
    }

    /// Returns the bytes that `rqrr` finds in the image.
    ///
    /// # Errors
    ///
    /// `rqrr`'s own, and that it finds no symbol or several.
    pub fn rqrr(&self) -> Result<Vec<u8>, String> {
        let pixel = |x, y| self.luma[y * self.side + x];
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(self.side, self.side, pixel);
        let grids = image.detect_grids();
        let [grid] = &grids[..] else { return Err(format!("{} codes found", grids.len())) };
        let mut bytes = Vec::new();
        grid.decode_to(&mut bytes).map_err(|error| error.to_string())?;
        Ok(bytes)
    }

    /// Returns the text that `rqrr` finds in the image.
    ///
    /// # Errors
    ///
    /// `rqrr`'s own, one of which says that the bytes are not UTF-8; and that it finds no symbol or several.
    pub fn rqrr_text(&self) -> Result<String, String> {
        let pixel = |x, y| self.luma[y * self.side + x];
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(self.side, self.side, pixel);
        let grids = image.detect_grids();
        let [grid] = &grids[..] else { return Err(format!("{} codes found", grids.len())) };
        let (_, text) = grid.decode().map_err(|error| error.to_string())?;
        Ok(text)
    }

    /// Returns the bytes that `rqrr` reads from the modules, without a search for the symbol.
    ///
    /// # Errors
    ///
    /// `rqrr`'s own.
    pub fn rqrr_by_modules(&self) -> Result<Vec<u8>, String> {
        let centre = |module: usize| (self.quiet_zone + module) * self.scale + self.scale / 2;
        let size = self.side / self.scale - 2 * self.quiet_zone;
        let grid = rqrr::SimpleGrid::from_func(size, |x, y| self.luma[centre(y) * self.side + centre(x)] == 0);
        let mut bytes = Vec::new();
        rqrr::Grid::new(grid).decode_to(&mut bytes).map_err(|error| error.to_string())?;
        Ok(bytes)
    }

    /// Returns the bytes that `rxing` finds in the image. It decodes bytes to text in a character set that it would guess; told that
    /// it is ISO 8859-1, it makes one character of each byte.
    ///
    /// # Errors
    ///
    /// `rxing`'s own, and that it reads a character that is no byte.
    pub fn rxing(&self) -> Result<Vec<u8>, String> {
        use rxing::common::HybridBinarizer;
        use rxing::qrcode::QRCodeReader;
        use rxing::{BinaryBitmap, Luma8LuminanceSource, Reader};
        let source = Luma8LuminanceSource::new(self.luma.clone(), self.side as u32, self.side as u32);
        let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source.map_err(|error| error.to_string())?));
        let hints = rxing::DecodeHints {
            CharacterSet: Some("iso-8859-1".to_owned()),
            // An image, not a photograph: at three pixels a module its search for the symbol fails on one in some hundred.
            PureBarcode: Some(true),
            ..Default::default()
        };
        let result = QRCodeReader.decode_with_hints(&mut bitmap, &hints).map_err(|error| error.to_string())?;
        let bytes =
            result.getText().chars().map(|c| u8::try_from(u32::from(c)).map_err(|_| format!("{c:?} is no byte")));
        bytes.collect()
    }

    /// Returns the text that `rxing` finds in the image without any hint.
    ///
    /// # Errors
    ///
    /// `rxing`'s own.
    pub fn rxing_text(&self) -> Result<String, String> {
        let side = self.side as u32;
        let result = rxing::helpers::detect_in_luma_slice(&self.luma, side, side, None);
        result.map(|result| result.getText().to_owned()).map_err(|error| error.to_string())
    }

    /// Returns the bytes that `quircs` finds in the image.
    ///
    /// # Errors
    ///
    /// `quircs`' own, and that it finds no symbol or several.
    pub fn quircs(&self) -> Result<Vec<u8>, String> {
        let mut reader = quircs::Quirc::default();
        let mut codes = reader.identify(self.side, self.side, &self.luma);
        let (Some(code), None) = (codes.next(), codes.next()) else { return Err("not one code found".into()) };
        let code = code.map_err(|error| error.to_string())?;
        code.decode().map(|data| data.payload).map_err(|error| error.to_string())
    }
}
