import type { Origin } from "../diff/diff.ts";
import type { Problem } from "../errors/problem.ts";
import { FACT_NAMES, type HostFacts } from "../facts.ts";
import { ok, type Result } from "../result.ts";
import { seal } from "../spec/digest.ts";
import { renderTemplate, templateReferences } from "../template/template.ts";

/** A field of a required app: text, or the name of a secret that the provider shares. */
export type ProvidedValue = { readonly text: string } | { readonly secret: string };
export type ProvidedValues = Readonly<Record<string, ProvidedValue>>;

/** Everything a template of one app may read. Nothing else has an influence on a spec. */
export interface Scope {
  readonly facts: HostFacts;
  readonly node: { readonly name: string; readonly chain: string };
  readonly app: { readonly id: string; readonly name: string; readonly version: string; readonly data_dir: string };
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  /** Container's name in the manifest -> its network alias. */
  readonly container: Readonly<Record<string, string>>;
  /** By alias; an optional requirement that nobody serves is absent. */
  readonly requires: Readonly<Record<string, ProvidedValues>>;
  /** The secrets this app may read: its own and those a required app shares. */
  readonly secrets: ReadonlyMap<string, string>;
  readonly nodeKey: Uint8Array;
}

/** A filled template, and what went in: origin -> value, a secret's as HMAC. */
export interface Filled {
  readonly text: string;
  readonly inputs: Readonly<Partial<Record<Origin, string>>>;
  /** Whether a secret went in. */
  readonly secret: boolean;
}

/** How a secret shows in specs, diffs and inputs. */
export function sealSecret(scope: Pick<Scope, "nodeKey">, name: string, value: string): string {
  return seal(scope.nodeKey, `secret ${name}`, value);
}

/** Fills one template. With `secrets` it may read `secrets.*` and shared secret fields; without, those are refused. */
export function fill(text: string, scope: Scope, options: { readonly secrets: boolean }): Result<Filled> {
  if (!text.includes("{")) return ok({ text, inputs: {}, secret: false });
  const references = templateReferences(text);
  if (!references.ok) return references;
  const inputs: Partial<Record<Origin, string>> = {};
  const problems: Problem[] = [];
  let secret = false;
  for (const { path } of references.value) {
    const [root, name, field] = path;
    if (root === undefined) continue;
    if ((FACT_NAMES as readonly string[]).includes(root)) {
      inputs[`fact:${root}`] = String(scope.facts[root as keyof HostFacts]);
    } else if (root === "settings" && name !== undefined) {
      inputs[`setting:${name}`] = String(scope.settings[name] ?? "");
    } else if (root === "node" && name !== undefined) {
      inputs.node = JSON.stringify(scope.node);
    } else if (root === "secrets" && name !== undefined) {
      secret = true;
      const value = scope.secrets.get(name);
      if (!options.secrets) problems.push(refusal(path));
      else if (value === undefined) problems.push(missingSecret(scope.app.id, name));
      else inputs[`secret:${name}`] = sealSecret(scope, name, value);
    } else if (root === "requires" && name !== undefined && field !== undefined) {
      const provided = scope.requires[name]?.[field];
      if (provided === undefined) continue;
      if ("text" in provided) {
        inputs[`requires:${name}.${field}`] = provided.text;
        continue;
      }
      secret = true;
      const value = scope.secrets.get(provided.secret);
      if (!options.secrets) problems.push(refusal(path));
      else if (value === undefined) problems.push(missingSecret(scope.app.id, provided.secret));
      else inputs[`secret:${provided.secret}`] = sealSecret(scope, provided.secret, value);
    }
  }
  if (problems.length > 0) return { ok: false, problems };
  const rendered = renderTemplate(text, templateValues(scope, options.secrets));
  return rendered.ok ? ok({ text: rendered.value, inputs, secret }) : rendered;
}

/** The variables as a template sees them. */
function templateValues(scope: Scope, withSecrets: boolean): Record<string, unknown> {
  const requires = Object.fromEntries(
    Object.entries(scope.requires).map(([alias, fields]) => [
      alias,
      Object.fromEntries(
        Object.entries(fields).flatMap(([field, provided]): [string, string][] => {
          if ("text" in provided) return [[field, provided.text]];
          const value = scope.secrets.get(provided.secret);
          return withSecrets && value !== undefined ? [[field, value]] : [];
        }),
      ),
    ]),
  );
  return {
    ...scope.facts,
    node: scope.node,
    app: scope.app,
    settings: scope.settings,
    container: scope.container,
    requires,
    ...(withSecrets ? { secrets: Object.fromEntries(scope.secrets) } : {}),
  };
}

function refusal(path: readonly string[]): Problem {
  return {
    code: "ARC_UNRESOLVED",
    message: `{{ ${path.join(".")} }} is a secret and can't be used here; use secret_env or files`,
  };
}

/** A secret that nothing can make: an error that names the app and the file. */
export function missingSecret(app: string, name: string, key?: string): Problem {
  const what = key === undefined ? "" : ` for ${key}`;
  return {
    code: "ARC_SECRET_MISSING",
    message: `${app} needs the secret "${name}"${what}, which is missing and has no generator`,
    hint: `Put the value into secrets/${name} under the home directory, mode 0600.`,
  };
}
