import { Liquid } from "liquidjs";

/**
 * Tags that read other templates, and filters that read the clock, roll dice, or evaluate text as an expression: the
 * first would leave the app's folder, the next would make a rendering differ from look to look, the last hide names
 * from the static analysis.
 */
const REFUSED_TAGS = ["include", "render", "layout", "block"];
const REFUSED_FILTERS = /^(date.*|sample|.*_exp)$/;

/** Characters. The engine finds a position by counting from the start, so the work grows with the square. */
export const LONGEST_TEMPLATE = 65_536;
/** Milliseconds: a loop in a template ends. */
const RENDER_LIMIT = 1_000;
/** Characters and elements that a rendering may allocate. */
const MEMORY_LIMIT = 1_000_000;

/** LiquidJS, strict and without any way out: no files, no clock, no inherited properties, nothing escaped. */
export function createLiquid(): Liquid {
  const liquid = new Liquid({
    strictVariables: true,
    strictFilters: true,
    lenientIf: true,
    ownPropertyOnly: true,
    jekyllInclude: false,
    jekyllWhere: false,
    dynamicPartials: false,
    templates: {},
    parseLimit: LONGEST_TEMPLATE,
    renderLimit: RENDER_LIMIT,
    memoryLimit: MEMORY_LIMIT,
    outputEscape: refuseMaps,
  });
  for (const tag of REFUSED_TAGS) delete liquid.tags[tag];
  for (const filter of Object.keys(liquid.filters)) {
    if (REFUSED_FILTERS.test(filter)) delete liquid.filters[filter];
  }
  return liquid;
}

/** Nothing is escaped; but a map would be written as `[object Object]`, which nobody means. */
function refuseMaps(value: unknown): string {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    throw new TypeError("a group of values can't be written out; name one of its fields");
  }
  if (Array.isArray(value)) return value.join("");
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
