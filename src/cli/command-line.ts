import type { DesiredEdit } from "../rpc/node-api.ts";

/** The command that asks for an edit without being asked itself: `archipelago uninstall --purge --yes lnd`. */
export function commandLine({ kind, apps, restore, purge, replace, from = [] }: DesiredEdit): string {
  const flags = [
    ...(restore === undefined || restore === false
      ? []
      : [restore === true ? "--restore" : `--restore-from ${restore}`]),
    ...(purge === true ? ["--purge"] : []),
    ...(replace === true ? ["--replace"] : []),
    "--yes",
  ];
  // After the apps, which it would swallow.
  const named = from.length > 0 ? ["--from", ...from] : [];
  return ["archipelago", kind, ...flags, ...apps, ...named].join(" ");
}
