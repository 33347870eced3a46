import type { DesiredApp } from "../desired/desired.ts";
import { isPaused } from "../memory/backoff.ts";
import type { AppView } from "./plan-app.ts";
import type { Matching } from "./match.ts";
import type { StepList } from "./step.ts";

/**
 * Pulls and builds what containers that are to be made need, all of it before the first of them is made. They are done
 * beside the app's other steps, so what runs is healed meanwhile. Gives back what has to come first, as a sentence; null:
 * all is here.
 */
export function fetchSteps(
  list: StepList,
  { id }: DesiredApp,
  { slots }: Matching,
  { images, memory, now, diskFull, own }: Pick<AppView, "images" | "memory" | "now" | "diskFull" | "own">,
): string | null {
  let waits: string | null = null;
  if (diskFull !== null && own.length === 0) {
    list.hold("disk", diskFull);
    return diskFull;
  }
  const seen = new Set<string>();
  for (const { desired, match } of slots) {
    const { image, build } = desired.spec;
    if (match || images.has(image) || seen.has(image)) continue;
    seen.add(image);
    const trouble = memory.fetches.get(image);
    if (diskFull !== null) {
      list.hold("disk", diskFull);
      waits ??= diskFull;
    } else if (trouble && isPaused(trouble.backoff, now)) {
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
