import { ArcError } from "../../core/errors/arc-error.ts";
import type { Adopter } from "./adopter.ts";

/** Of a daemon that takes nothing over. */
export const noAdopter: Adopter = {
  adoptable: async () => [],
  adopt: async (app) => {
    throw new ArcError("ARC_ADOPT", `nothing here can be taken over as ${app}`);
  },
};
