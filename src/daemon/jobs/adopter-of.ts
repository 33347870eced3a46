import type { Adoptions } from "../../engine/adoption.ts";
import type { Adopter } from "./adopter.ts";

/** Adoptions as clients see them: of a foreign container no more than what tells it apart. */
export function adopterOf(adoptions: Adoptions): Adopter {
  return {
    adopt: (app, from, replace) => adoptions.adopt(app, from, replace),
    plan: (app, from, replace) => adoptions.plan(app, from, replace),
    isTaken: (app) => adoptions.isTaken(app),
    release: (app) => adoptions.release(app),
    adoptable: async (app) =>
      (await adoptions.adoptable(app)).map(({ app: id, candidate, verdict, sentence, diff }) => {
        const { found, container, by } = candidate;
        return { app: id, container, name: found.name, id: found.id, image: found.image, by, verdict, sentence, diff };
      }),
  };
}
