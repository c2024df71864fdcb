// Writes the text that jsQR reads from each image of a folder beside it, if it finds a code.
const fs = require('fs');
const path = require('path');
const jsQR = require('jsqr');
const { PNG } = require('pngjs');

const folder = process.argv[2];
for (const name of fs.readdirSync(folder).filter((name) => name.endsWith('.png'))) {
  const file = path.join(folder, name);
  const { data, width, height } = PNG.sync.read(fs.readFileSync(file));
  const code = jsQR(new Uint8ClampedArray(data), width, height);
  if (code) fs.writeFileSync(file.replace(/png$/, 'jsQR'), code.data);
}
