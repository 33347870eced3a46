import { text } from "node:stream/consumers";

/**
 * Draws what a terminal showed: what `script` wrote on stdin, an SVG on stdout. docs/images/terminal.svg is made with it,
 * from a session in the sandbox: `script -qec SESSION /dev/null | node scripts/terminal-picture.ts`. A line that is longer
 * than the terminal goes on in the next row; rows that were drawn anew stand as they were drawn last.
 */
const COLOURS: Readonly<Record<string, string>> = {
  31: "#ff7b72",
  32: "#56d364",
  33: "#e3b341",
  34: "#79c0ff",
  36: "#56d4dd",
};
const ESCAPE = "\u001b[";
const PLAIN = "#d7dee8";
const FAINT = "#8b97a8";
const COLUMNS = 112;
const ADVANCE = 8.43;
const LINE = 21;
const MARGIN = 20;
const BAR = 34;

interface Style {
  readonly fill: string;
  readonly bold: boolean;
}

interface Span {
  readonly column: number;
  readonly style: Style;
  readonly piece: string;
}

let style: Style = { fill: PLAIN, bold: false };
const rows: Span[][] = [];
for (const line of (await text(process.stdin)).replaceAll("\r", "").trimEnd().split("\n")) drawLine(line);

const width = Math.ceil(Math.max(...rows.map(endOf)) * ADVANCE + 2 * MARGIN);
const height = BAR + rows.length * LINE + MARGIN;
const drawn = rows.map((row, at) => `<text y="${BAR + MARGIN + at * LINE}">${row.map(drawSpan).join("")}</text>`);
console.log(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">
<rect width="${width}" height="${height}" rx="10" fill="#161b22"/>
<circle cx="22" cy="19" r="6" fill="#ff5f57"/><circle cx="42" cy="19" r="6" fill="#febc2e"/><circle cx="62" cy="19" r="6" fill="#28c840"/>
${drawn.join("\n")}
</svg>`);

/** Adds the rows that one line takes. */
function drawLine(line: string): void {
  let row: Span[] = [];
  const [start = "", ...rest] = line.split(ESCAPE);
  for (const [codes, piece] of [["m", start] as const, ...rest.map(codesAndText)]) {
    const up = /^(\d+)A$/.exec(codes)?.[1];
    if (up !== undefined) rows.splice(rows.length - Number(up));
    if (codes.endsWith("m")) style = styled(style, codes.slice(0, -1));
    const signs = [...piece];
    while (signs.length > 0) {
      const column = endOf(row);
      if (column >= COLUMNS) {
        rows.push(row);
        row = [];
        continue;
      }
      row.push({ column, style, piece: signs.splice(0, COLUMNS - column).join("") });
    }
  }
  rows.push(row);
}

function endOf(row: readonly Span[]): number {
  const last = row.at(-1);
  return last === undefined ? 0 : last.column + [...last.piece].length;
}

/** `1;32mready` -> `1;32m` and `ready`. */
function codesAndText(piece: string): readonly [string, string] {
  const end = piece.search(/[A-Za-z]/) + 1;
  return [piece.slice(0, end), piece.slice(end)];
}

function styled(before: Style, codes: string): Style {
  if (codes === "") return before;
  return codes.split(";").reduce((now, code) => {
    if (code === "0") return { fill: PLAIN, bold: false };
    if (code === "1") return { ...now, bold: true };
    if (code === "2") return { ...now, fill: FAINT };
    if (code === "22") return { fill: now.fill === FAINT ? PLAIN : now.fill, bold: false };
    return { ...now, fill: COLOURS[code] ?? PLAIN };
  }, before);
}

function drawSpan({ column, style: { fill, bold }, piece }: Span): string {
  if (piece.trim() === "") return "";
  const weight = bold ? ' font-weight="700"' : "";
  const indent = piece.length - piece.trimStart().length;
  const x = MARGIN + (column + indent) * ADVANCE;
  return `<tspan x="${x.toFixed(1)}" fill="${fill}"${weight}>${escaped(piece.trim())}</tspan>`;
}

function escaped(piece: string): string {
  // Ordinary spaces in a row would be drawn as one.
  return piece.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(" ", "\u00a0");
}
