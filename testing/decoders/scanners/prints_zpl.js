// Draws each label of a folder with zpl-renderer-js beside it, as `NAME.label.png`: as many dots as the picture has.
const fs = require('fs');
const path = require('path');
const { ready } = require('zpl-renderer-js');

const DOTS_PER_MM = 8;

async function main(folder) {
  const { api } = await ready;
  const lines = fs.readFileSync(path.join(folder, 'prints.tsv'), 'utf8').trim().split('\n');
  for (const [name, side] of lines.map((line) => line.split('\t'))) {
    const label = fs.readFileSync(path.join(folder, `${name}.zpl`), 'utf8');
    const mm = side / DOTS_PER_MM;
    const image = await api.zplToBase64Async(label, mm, mm, DOTS_PER_MM);
    fs.writeFileSync(path.join(folder, `${name}.label.png`), Buffer.from(image, 'base64'));
  }
}

main(process.argv[2]).then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
