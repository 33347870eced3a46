import type { AppId } from "../core/ids.ts";
import type { DiffEntry } from "../core/diff/diff.ts";
import type { HistoryStore } from "../ports/history-store.ts";
import type { Look } from "./look.ts";

/**
 * Notes in the history what somebody changed behind our back, once for each difference and however often it is looked at:
 * `podman stop` by hand is told apart from what the reconciler then does about it.
 */
export class DriftNotes {
  readonly #history: Pick<HistoryStore, "append">;
  readonly #noted = new Map<AppId, ReadonlySet<string>>();

  constructor({ history }: { readonly history: Pick<HistoryStore, "append"> }) {
    this.#history = history;
  }

  after({ at, outlook, world }: Look): void {
    for (const [app, { steps }] of outlook.apps) {
      // What is half done by us is nobody else's doing.
      if (world.busy.has(app)) continue;
      const found = new Map<string, { readonly container: string | null; readonly entry: DiffEntry }>();
      for (const { container, diff, counts } of steps)
        for (const entry of diff)
          // What ended or failed by itself is nobody's doing, and neither is a reboot.
          if (entry.origin === "outside" && !counts && entry.observed !== "created")
            found.set(`${container ?? ""} ${entry.path}`, { container, entry });
      const before = this.#noted.get(app);
      for (const [key, { container, entry }] of found) {
        if (before?.has(key)) continue;
        const { path, desired, observed } = entry;
        const reason = `${path} is ${observed ?? "absent"}, shall be ${desired ?? "absent"}`;
        this.#history.append({
          at,
          app,
          container,
          actor: "outside",
          action: "drift",
          reason,
          result: "noted",
          detail: "",
          diff: [entry],
          duration: 0,
        });
      }
      if (found.size > 0) this.#noted.set(app, new Set(found.keys()));
      else this.#noted.delete(app);
    }
  }
}
