import type { DesiredApp, DesiredContainer } from "../desired/desired.ts";
import type { Problem } from "../errors/problem.ts";
import type { ContainerSummary } from "../observed/observed.ts";
import { ok, type Result } from "../result.ts";
import { findCandidates, type Candidate, type Surroundings } from "./find-candidates.ts";

/** A container of the app, and the foreign one that shall become it. */
export interface Choice {
  readonly container: DesiredContainer;
  readonly candidate: Candidate;
}

/**
 * Which foreign containers become the app's, in start order; a container that none was found for is made new. Those that
 * a person named (`from`: names or ids) come first, and of those that nobody named only what is alike in name and image.
 */
export function chooseAdoption(
  app: Pick<DesiredApp, "id" | "containers">,
  containers: readonly ContainerSummary[],
  from: readonly string[],
  surroundings: Surroundings,
): Result<readonly Choice[]> {
  const candidates = findCandidates(app, containers, surroundings);
  const problems: Problem[] = [];
  const chosen = new Map<string, Candidate[]>();
  const choose = (candidate: Candidate): void => {
    const others = chosen.get(candidate.container) ?? [];
    if (!others.includes(candidate)) chosen.set(candidate.container, [...others, candidate]);
  };

  for (const name of new Set(from)) {
    const found = containers.find((container) => container.name === name || isIdOf(name, container));
    const named = found
      ? chooseNamed(
          app,
          found,
          candidates.filter((candidate) => candidate.found === found),
        )
      : problem(`no container here is called ${name}`, "`podman ps -a` lists those there are.");
    if ("code" in named) problems.push(named);
    else choose(named);
  }
  const taken = new Set(chosen.keys());
  for (const candidate of candidates) {
    if (candidate.by === "both" && !candidate.ours && !taken.has(candidate.container)) choose(candidate);
  }
  for (const [container, several] of chosen) {
    if (several.length < 2) continue;
    const names = several.map(({ found }) => found.name);
    const message = `${names.join(" and ")} both look like ${container} of ${app.id}`;
    problems.push(problem(message, `Name the one that is meant: archipelago adopt ${app.id} --from ${names[0]}.`));
  }
  if (chosen.size === 0 && problems.length === 0) problems.push(noneFound(app, candidates));
  if (problems.length > 0) return { ok: false, problems };
  return ok(
    app.containers.flatMap((container) =>
      (chosen.get(container.name) ?? []).map((candidate) => ({ container, candidate })),
    ),
  );
}

/** At least as much of an id as Podman shows. */
const isIdOf = (name: string, { id }: ContainerSummary): boolean => name.length >= 12 && id.startsWith(name);

function problem(message: string, hint?: string): Problem {
  return { code: "ARC_ADOPT", message, ...(hint !== undefined && { hint }) };
}

function chooseNamed(
  { id, containers }: Pick<DesiredApp, "id" | "containers">,
  found: ContainerSummary,
  candidates: readonly Candidate[],
): Candidate | Problem {
  const alike = candidates.filter(({ by }) => by !== "name");
  const [candidate, another] = alike;
  if (!candidate) {
    const images = containers.map(({ spec }) => spec.image).join(", ");
    return problem(`${found.name} runs another program (${found.image}) than ${id} (${images})`);
  }
  if (candidate.ours) return problem(`${found.name} is ours already`, "`archipelago status` shows it.");
  if (another) {
    const names = alike.map(({ container }) => container);
    const hint = `Say which by its name, such as: podman rename ${found.name} ${id}--${another.container}.`;
    return problem(`${found.name} could be ${names.join(" or ")} of ${id}: they run the same image`, hint);
  }
  return candidate;
}

function noneFound({ id }: Pick<DesiredApp, "id">, candidates: readonly Candidate[]): Problem {
  const foreign = candidates.filter(({ ours }) => !ours);
  const names = (by: Candidate["by"]): readonly string[] => [
    ...new Set(foreign.filter((candidate) => candidate.by === by).map(({ found }) => found.name)),
  ];
  const [image, name] = [names("image"), names("name")];
  const first = image[0];
  if (first !== undefined) {
    const message = `no container is named like ${id}; ${image.join(", ")} ${image.length > 1 ? "run" : "runs"} its image`;
    return problem(message, `If one of them is ${id}, name it: archipelago adopt ${id} --from ${first}.`);
  }
  if (name.length > 0) {
    const programs = foreign.map(({ found }) => `${found.name} (${found.image})`).join(", ");
    return problem(`named like ${id} but another program: ${programs}`, `Such a container is never touched.`);
  }
  if (candidates.length > 0) return problem(`${id} is ours already: there is nothing to adopt`);
  return problem(`no container here looks like ${id}, by name or by image`, `\`archipelago install ${id}\` makes one.`);
}
