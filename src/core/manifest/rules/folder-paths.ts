import { didYouMean } from "../../nearest-name.ts";
import type { AppFolder } from "../manifest.ts";
import type { Path } from "../path.ts";
import { get, items } from "../raw-value.ts";
import { text, type Rule, type RuleInput } from "./rule.ts";

/** What a manifest names in its folder is there, and no symbolic link on the way leads out. */
export const folderPaths: Rule = (input) => {
  const { root, containers } = input;
  staysInside(input, ["icon"], text(root.icon));
  for (const { path, raw } of containers) {
    for (const [index, entry] of items(raw.files)) {
      const place = [...path, "files", index, "template"];
      const name = text(get(entry, "template"));
      if (name !== undefined && staysInside(input, place, name)) templateIsText(input, place, name);
    }
    const context = text(get(raw.build, "context"));
    if (context === undefined || !staysInside(input, [...path, "build", "context"], context)) continue;
    for (const link of input.folder.escapes) {
      if (!link.startsWith(`${context}/`)) continue;
      input.problems.value(
        [...path, "build", "context"],
        `${link} is a symbolic link that leads out of the app's folder`,
      );
    }
  }
};

/** False, and reported, where the path or a folder on its way is a link that leads out. */
function staysInside({ folder, problems }: RuleInput, place: Path, path: string | undefined): boolean {
  const link = path === undefined ? undefined : escapeOn(folder, path);
  if (link !== undefined) problems.value(place, `${link} is a symbolic link that leads out of the app's folder`);
  return link === undefined;
}

function escapeOn(folder: AppFolder, path: string): string | undefined {
  const parts = path.split("/");
  return parts.map((_, index) => parts.slice(0, index + 1).join("/")).find((prefix) => folder.escapes.has(prefix));
}

function templateIsText({ folder, problems }: RuleInput, place: Path, name: string): void {
  // A path that leaves the folder is the schema's matter.
  if (name.startsWith("/") || name.split("/").includes("..")) return;
  const file = folder.files.get(name);
  if (!file)
    problems.value(place, `there is no file ${name} in the app's folder${didYouMean(name, folder.files.keys())}`);
  else if (file.text === null) problems.value(place, `${name} is no text of at most 1 MB`);
}
