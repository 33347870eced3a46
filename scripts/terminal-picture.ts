import { text } from "node:stream/consumers";

/**
 * Draws what a terminal showed: ANSI text on stdin, an SVG on stdout. docs/images/terminal.svg is made with it, from a
 * session in the sandbox.
 */
const COLOURS: Readonly<Record<string, string>> = { 31: "#ff7b72", 32: "#56d364", 33: "#e3b341", 34: "#79c0ff" };
const ESCAPE = "\u001b[";
const PLAIN = "#d7dee8";
const ADVANCE = 8.43;
const LINE = 21;
const MARGIN = 20;
const BAR = 34;

interface Style {
  readonly fill: string;
  readonly bold: boolean;
}

const lines = (await text(process.stdin)).trimEnd().split("\n");
let style: Style = { fill: PLAIN, bold: false };
let widest = 0;
const drawn = lines.map((line, row) => {
  let column = 0;
  const [start = "", ...rest] = line.split(ESCAPE);
  const spans = [["", start], ...rest.map(codesAndText)].map(([codes = "", piece = ""]) => {
    style = styled(style, codes);
    const x = MARGIN + column * ADVANCE;
    column += [...piece].length;
    if (piece.trim() === "") return "";
    const weight = style.bold ? ' font-weight="700"' : "";
    const indent = piece.length - piece.trimStart().length;
    return `<tspan x="${(x + indent * ADVANCE).toFixed(1)}" fill="${style.fill}"${weight}>${escaped(piece.trim())}</tspan>`;
  });
  widest = Math.max(widest, column);
  return `<text y="${BAR + MARGIN + row * LINE}">${spans.join("")}</text>`;
});

const width = Math.ceil(widest * ADVANCE + 2 * MARGIN);
const height = BAR + lines.length * LINE + MARGIN;
console.log(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">
<rect width="${width}" height="${height}" rx="10" fill="#161b22"/>
<circle cx="22" cy="19" r="6" fill="#ff5f57"/><circle cx="42" cy="19" r="6" fill="#febc2e"/><circle cx="62" cy="19" r="6" fill="#28c840"/>
${drawn.join("\n")}
</svg>`);

/** `1;32mready` -> `1;32` and `ready`. */
function codesAndText(piece: string): readonly string[] {
  const end = piece.indexOf("m");
  return [piece.slice(0, end), piece.slice(end + 1)];
}

function styled(before: Style, codes: string): Style {
  if (codes === "") return before;
  return codes.split(";").reduce((now, code) => {
    if (code === "0") return { fill: PLAIN, bold: false };
    if (code === "1") return { ...now, bold: true };
    if (code === "22") return { ...now, bold: false };
    return { ...now, fill: COLOURS[code] ?? PLAIN };
  }, before);
}

function escaped(piece: string): string {
  // Ordinary spaces in a row would be drawn as one.
  return piece.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(" ", "\u00a0");
}
