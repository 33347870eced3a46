import { text, type Rule } from "./rule.ts";

/** An app is found by its folder: two names for one thing would drift apart. */
export const appIdIsFolder: Rule = ({ root, folder, problems }) => {
  const id = text(root.id);
  if (id !== undefined && id !== folder.name) problems.value(["id"], `must be the folder's name, ${folder.name}`);
};
