import { isDeepStrictEqual } from "node:util";
import { lintManifest } from "../../../src/core/manifest/lint-manifest.ts";
import { parseManifest } from "../../../src/core/manifest/parse-manifest.ts";
import { readYaml } from "../../../src/core/manifest/read-yaml.ts";
import { appFolder } from "../../../src/testkit/app-folder.ts";
import { checkProblems } from "../check-problems.ts";
import { mutateText } from "../mutate-text.ts";
import { demand, target } from "../target.ts";
import { YAML_WORDS } from "../yaml-words.ts";

const CODE = "ARC_MANIFEST_INVALID";

const TEMPLATE =
  "{% if requires.bitcoin %}{{ requires.bitcoin.host }}{% endif %}\n{{ secrets.password }} {{ settings.x }}\n";

const WORDS = [
  YAML_WORDS,
  ["id: ", "container: ", "containers:\n  ", "image: ", "env: ", "ports: ", "settings: ", "requires: ", "health: "],
  [
    "pattern: '(a+)+$'\n",
    "start_after: [",
    "derived_env:\n    - ",
    "template: ",
    "{{ settings.",
    "{% if ",
    "secret_env: ",
  ],
].flat();

/** A manifest.yml among files that its templates and icon may name. */
export const manifest = target(
  "manifest",
  (random, corpus, most) => mutateText(random, corpus, most, WORDS),
  (input) => {
    const text = input.toString("utf8");
    const name = /^id: ([a-z-]+)$/m.exec(text)?.[1] ?? "lnd";
    const parse = (manifestText: string) => {
      const files = { "manifest.yml": manifestText, "lnd.conf.liquid": TEMPLATE, "nginx.conf.liquid": TEMPLATE };
      const folder = appFolder(name, files);
      return { folder, parsed: parseManifest(folder) };
    };
    const { folder, parsed } = parse(text);
    if (!parsed.ok) {
      const beside = folder.manifestFile.replace(/manifest\.yml$/, "");
      checkProblems(parsed.problems, [CODE], {
        [folder.manifestFile]: text,
        [`${beside}lnd.conf.liquid`]: TEMPLATE,
        [`${beside}nginx.conf.liquid`]: TEMPLATE,
      });
      return;
    }
    const warnings = lintManifest(parsed.value, folder);
    if (warnings.length > 0) checkProblems(warnings, [CODE], { [folder.manifestFile]: text });
    const read = readYaml(text, "manifest.yml", CODE);
    demand(read.ok, "parsed, though it can't be read");
    // JSON is YAML: the same values in another layout are the same manifest.
    const again = parse(JSON.stringify(read.value.value, null, 1)).parsed;
    demand(again.ok && isDeepStrictEqual(again.value, parsed.value), "printed and parsed again it is another manifest");
  },
);
