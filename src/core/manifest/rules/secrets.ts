import { didYouMean } from "../../nearest-name.ts";
import { findCycles } from "../find-cycles.ts";
import { generatorSchema } from "../manifest-schema.ts";
import { get, items, pairs } from "../raw-value.ts";
import { declared, text, type Rule, type RuleInput } from "./rule.ts";

/** bcrypt reads no more of a password; the rest would not count. Bytes. */
const BCRYPT_READS = 72;

/**
 * Shared secrets come from a declared requirement, derived ones from a declared secret. A `secret_file` that is not
 * declared is one that the owner places; whether it is there is seen at resolve.
 */
export const secrets: Rule = (input) => {
  const { root, containers, problems } = input;
  const aliases = declared(root, "requires");
  for (const { path, raw } of containers) {
    for (const [index, entry] of items(raw.secret_env)) {
      const alias = /^requires\.([^.]+)\./.exec(text(get(entry, "from")) ?? "")?.[1];
      if (alias === undefined || aliases.includes(alias)) continue;
      const message = `unknown alias under requires "${alias}"${didYouMean(alias, aliases)}`;
      problems.value([...path, "secret_env", index, "from"], message);
    }
  }
  derivations(input);
};

function derivations({ root, problems }: RuleInput): void {
  const names = declared(root, "secrets");
  const bases = new Map<string, readonly string[]>();
  for (const [name, generator] of pairs(root.secrets)) {
    const from = text(get(generator, "from"));
    if (from === undefined) continue;
    const place = ["secrets", name, "from"];
    if (!names.includes(from)) {
      problems.value(place, `unknown secret "${from}"${didYouMean(from, names)}`);
      continue;
    }
    bases.set(name, [from]);
    const length = generatedLength(get(root.secrets, from));
    if (get(generator, "derive") === "bcrypt" && length > BCRYPT_READS) {
      problems.value(place, `bcrypt reads ${BCRYPT_READS} characters, and ${from} has ${length}; give it fewer bytes`);
    }
  }
  for (const cycle of findCycles(bases)) {
    problems.value(
      ["secrets", cycle[0] ?? "", "from"],
      `secrets derive from each other in a circle: ${cycle.join(" -> ")}`,
    );
  }
}

/** Characters that a random generator writes at most; 0 for any other. */
function generatedLength(raw: unknown): number {
  const parsed = generatorSchema.safeParse(raw);
  if (!parsed.success || !("generate" in parsed.data)) return 0;
  const { bytes, encoding } = parsed.data;
  switch (encoding) {
    case "hex":
      return bytes * 2;
    case "base64":
      return Math.ceil(bytes / 3) * 4;
    case "alphanumeric":
      return bytes;
  }
}
