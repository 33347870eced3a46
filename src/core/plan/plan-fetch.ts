import type { DesiredApp } from "../desired/desired.ts";
import { isPaused } from "../memory/backoff.ts";
import type { AppView } from "./plan-app.ts";
import type { Matching } from "./match.ts";
import type { StepList } from "./step.ts";

type FetchView = Pick<AppView, "images" | "memory" | "now" | "shortage" | "imageBytes" | "own">;

/**
 * Pulls and builds what containers that are to be made need, all of it before the first of them is made. They are done
 * beside the app's other steps, so what runs is healed meanwhile. Gives back what has to come first, as a sentence; null:
 * all is here.
 */
export function fetchSteps(
  list: StepList,
  { id, accepted }: DesiredApp,
  { slots }: Matching,
  { images, memory, now, shortage, imageBytes, own }: FetchView,
): string | null {
  const missing = slots.filter(({ desired, match }) => !match && !images.has(desired.spec.image));
  const isInstall = own.length === 0 && !accepted;
  const bytes = missing.map(({ others: [before] }) => imageBytes.get(before?.summary.imageId ?? "") ?? 0);
  const full = isInstall || missing.length > 0 ? shortage(bytes.reduce((sum, each) => sum + each, 0)) : null;
  if (full !== null) {
    list.hold("disk", full);
    return full;
  }
  let waits: string | null = null;
  const seen = new Set<string>();
  for (const { desired } of missing) {
    const { image, build } = desired.spec;
    if (seen.has(image)) continue;
    seen.add(image);
    const trouble = memory.fetches.get(image);
    if (trouble && isPaused(trouble.backoff, now)) {
      const sentence = `${image} could not be ${build ? "built" : "pulled"} for ${id}: ${trouble.error}`;
      list.hold("pause", sentence, trouble.backoff.nextAt);
      waits ??= sentence;
    } else {
      const action = build ? ({ op: "build", image, build } as const) : ({ op: "pull", image } as const);
      list.add(desired.name, action, `${image} is not on this machine`);
      waits ??= `${image} must be ${build ? "built" : "pulled"} first`;
    }
  }
  return waits;
}
